"""Signatures and encryption of the official account's messages, as the platform publishes them.

AES-256-CBC under the EncodingAESKey, PKCS#7 to 32 bytes, 16 random bytes and a length before the text and
the AppID after it; SHA-1 over the sorted parts as signature (ADR 0032 says why no library does it here).
"""

import base64
import binascii
import hmac
import os
import struct
from dataclasses import dataclass
from hashlib import sha1

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK_BITS = 256
_HEAD = 16


class Forged(Exception):
    """Not from the platform, or altered on its way."""


def signature(*parts: str) -> str:
    """The platform's signature over token, timestamp, nonce and, for encrypted messages, the ciphertext."""
    return sha1("".join(sorted(parts)).encode()).hexdigest()


def check(given: str, *parts: str) -> None:
    """Raises Forged unless `given` is the signature of the parts; takes the same time for any other."""
    if not hmac.compare_digest(signature(*parts).encode(), given.encode("utf-8", "replace")):
        raise Forged("signature")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Opens and closes encrypted messages of one account."""

    token: str
    aes_key: str
    app_id: str

    @property
    def _key(self) -> bytes:
        key = base64.b64decode(self.aes_key + "=")
        if len(key) != 32:
            raise ValueError("the EncodingAESKey has 43 characters")
        return key

    def _cipher(self) -> Cipher[modes.CBC]:
        key = self._key
        return Cipher(algorithms.AES256(key), modes.CBC(key[:16]))

    def open(self, sealed: str) -> str:
        """The text inside. Raises Forged for anything that this account's key did not close."""
        try:
            data = base64.b64decode(sealed, validate=True)
            decryptor, unpadder = self._cipher().decryptor(), padding.PKCS7(_BLOCK_BITS).unpadder()
            plain = unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
            (length,) = struct.unpack(">I", plain[_HEAD : _HEAD + 4])
            body, owner = plain[_HEAD + 4 :][:length], plain[_HEAD + 4 :][length:]
            if len(body) != length or owner != self.app_id.encode():
                raise Forged("another account")
            return body.decode()
        except (binascii.Error, ValueError, struct.error) as error:
            raise Forged(type(error).__name__) from error

    def close(self, text: str, *, head: bytes = b"") -> str:
        """The ciphertext of a text; `head` only for published examples."""
        body = text.encode()
        plain = (head or os.urandom(_HEAD)) + struct.pack(">I", len(body)) + body + self.app_id.encode()
        padder, encryptor = padding.PKCS7(_BLOCK_BITS).padder(), self._cipher().encryptor()
        padded = padder.update(plain) + padder.finalize()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
