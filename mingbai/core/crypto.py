"""Encryption of personal values: SM4-GCM under a key per resident, HMAC-SM3 to find them again.

One master key of 32 bytes is the root. From it come subkeys (HKDF-SM3): one wraps the data keys that rows
carry in their `key` column, one keys the hashes, one makes the fingerprint that the database keeps.
Erasing a row's key makes everything sealed under it unreadable for good.
"""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.module_loading import import_string

from mingbai.core import box
from mingbai.core.keyfile import MASTER_BYTES, BadKey, MissingKey, load_key, load_or_make_key

__all__ = [
    "BadKey",
    "DamagedValue",
    "ErasedKey",
    "Keyring",
    "MissingKey",
    "key_check",
    "keyed_hash",
    "keyring",
    "load_key",
    "load_or_make_key",
    "new_key",
    "seal",
    "seal_bytes",
    "sm3",
    "unseal",
    "unseal_bytes",
]

_KEY_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_VERSION = b"\x01"  # first byte of every sealed value: another algorithm will take another number
_OVERHEAD = 1 + _NONCE_BYTES + _TAG_BYTES
_KEYS_IN_MEMORY = 4096
_OUR_KEYRING = "mingbai.core.crypto.Keyring"


class DamagedValue(Exception):
    """A sealed value does not open: other key, other place (`what`), or altered bytes."""


class ErasedKey(Exception):
    """The row's key was destroyed; what it sealed is gone by law and on purpose."""


def sm3(data: bytes) -> str:
    """Return the SM3 digest in hex (64 characters)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def key_check(master: bytes) -> str:
    """Return the short fingerprint of a master key that the database stores and compares at start."""
    return _subkey(master, "check", 16).hex()


def _subkey(master: bytes, purpose: str, length: int) -> bytes:
    info = b"mingbai/1/" + purpose.encode()
    return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=info).derive(master)


def _encrypt(key: bytes, data: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(aad)
    body = encryptor.update(data) + encryptor.finalize()
    return _VERSION + nonce + body + encryptor.tag


def _decrypt(key: bytes, blob: bytes, aad: bytes) -> bytes:
    if len(blob) < _OVERHEAD or blob[:1] != _VERSION:
        raise DamagedValue("not a sealed value")
    nonce, body, tag = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES : -_TAG_BYTES], blob[-_TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(aad)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise DamagedValue(aad.decode(errors="replace")) from None


class Keyring:
    """The software keyring. A certified device is another class with the same methods (MINGBAI_CRYPTO)."""

    def __init__(self, master: bytes) -> None:
        if len(master) != MASTER_BYTES:
            raise ValueError(f"the master key has {MASTER_BYTES} bytes, not {len(master)}")
        self._wrapping = _subkey(master, "wrap", _KEY_BYTES)
        self._box_seed = _subkey(master, "box", 32)
        self._hashing = hmac.HMAC(_subkey(master, "hash", 32), hashes.SM3())
        # A page shows fields of the same few residents: unwrap each key once, not once a field.
        self._unwrapped = lru_cache(maxsize=_KEYS_IN_MEMORY)(self._unwrap)

    def new_key(self) -> bytes:
        """Return a fresh data key wrapped under the master: 45 bytes for a row's `key` column."""
        return _encrypt(self._wrapping, os.urandom(_KEY_BYTES), b"key")

    def _unwrap(self, wrapped: bytes) -> bytes:
        return _decrypt(self._wrapping, wrapped, b"key")

    def _data_key(self, wrapped: bytes) -> bytes:
        if not wrapped:
            raise ErasedKey("the key of this row was destroyed")
        return self._unwrapped(bytes(wrapped))

    def seal_bytes(self, key: bytes, data: bytes, *, what: str) -> bytes:
        """Seal data under a row's key; `what` binds it to its place, as "resident.phone"."""
        return _encrypt(self._data_key(key), data, what.encode())

    def unseal_bytes(self, key: bytes, blob: bytes, *, what: str) -> bytes:
        """Open what `seal_bytes` made. Raises ErasedKey, DamagedValue."""
        return _decrypt(self._data_key(key), bytes(blob), what.encode())

    def seal(self, key: bytes, text: str, *, what: str) -> bytes:
        return self.seal_bytes(key, text.encode(), what=what)

    def unseal(self, key: bytes, blob: bytes, *, what: str) -> str:
        return self.unseal_bytes(key, blob, what=what).decode()

    @cached_property
    def _box_key(self) -> ec.EllipticCurvePrivateKey:
        return box.private_key(self._box_seed)

    def box_key(self) -> bytes:
        """The public key for which phones close boxes."""
        return box.public_bytes(self._box_key.public_key())

    def open_box(self, closed: bytes, *, what: str) -> bytes:
        """What is in a box that a phone closed for us. Raises BadBox."""
        return box.open_box(self._box_key, closed, what=what)

    def keyed_hash(self, text: str, *, what: str) -> str:
        """Return 32 hex characters that find an equal value again and tell nothing without the key."""
        mac = self._hashing.copy()
        mac.update(what.encode() + b"\0" + text.encode())
        return mac.finalize()[:16].hex()


@lru_cache(maxsize=4)
def _keyring_of(path: str, master: bytes) -> Any:
    return import_string(path)(master)


def keyring() -> Keyring:
    """Return the keyring of this process (settings MINGBAI_KEY and MINGBAI_CRYPTO), made once."""
    found: Keyring = _keyring_of(
        getattr(settings, "MINGBAI_CRYPTO", "") or _OUR_KEYRING, settings.MINGBAI_KEY
    )
    return found


def new_key() -> bytes:
    """Return a fresh wrapped data key (a model's `default=` for its `key` column)."""
    return keyring().new_key()


def seal(key: bytes, text: str, *, what: str) -> bytes:
    """Seal a text under a row's wrapped key."""
    return keyring().seal(key, text, what=what)


def unseal(key: bytes, blob: bytes, *, what: str) -> str:
    """Open a sealed text. Raises ErasedKey, DamagedValue."""
    return keyring().unseal(key, blob, what=what)


def seal_bytes(key: bytes, data: bytes, *, what: str) -> bytes:
    """Seal a file's content under a row's wrapped key."""
    return keyring().seal_bytes(key, data, what=what)


def unseal_bytes(key: bytes, blob: bytes, *, what: str) -> bytes:
    """Open a sealed file. Raises ErasedKey, DamagedValue."""
    return keyring().unseal_bytes(key, blob, what=what)


def keyed_hash(text: str, *, what: str) -> str:
    """Return the keyed hash by which an encrypted value is found again."""
    return keyring().keyed_hash(text, what=what)
