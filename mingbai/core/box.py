"""Boxes that a phone closes and only the house opens: what waits on a phone is unreadable there, to its owner
and to whoever finds the phone.

ECDH on P-256 with a key made for each box, HKDF-SHA256, AES-256-GCM: what every browser's WebCrypto has (it
has no SM2 and no SM4). A box is: the phone's public key (65 bytes, uncompressed), nonce (12), ciphertext and
tag (16). `what` names the box and is authenticated with it.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT, _NONCE, _TAG = 65, 12, 16
_INFO = b"mingbai/box/1"


class BadBox(Exception):
    """Not a box, altered, of another name, or closed for another house."""


def private_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The house's key from 32 secret bytes."""
    return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """65 bytes, as WebCrypto imports them ("raw")."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def close(house: bytes, data: bytes, *, what: str) -> bytes:
    """Close a box for the house with this public key, as kept.js does; raises ValueError for no such key."""
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), house)
    point, nonce = public_bytes(own.public_key()), os.urandom(_NONCE)
    cipher = _cipher(own.exchange(ec.ECDH(), theirs), point, house)
    return point + nonce + cipher.encrypt(nonce, data, what.encode())


def open_box(key: ec.EllipticCurvePrivateKey, box: bytes, *, what: str) -> bytes:
    """What is in the box. Raises BadBox."""
    if len(box) < _POINT + _NONCE + _TAG:
        raise BadBox("too short")
    point, nonce, body = box[:_POINT], box[_POINT : _POINT + _NONCE], box[_POINT + _NONCE :]
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        cipher = _cipher(key.exchange(ec.ECDH(), theirs), point, public_bytes(key.public_key()))
        return cipher.decrypt(nonce, body, what.encode(errors="surrogatepass"))
    except (ValueError, InvalidTag) as error:
        raise BadBox(type(error).__name__) from error


def _cipher(shared: bytes, point: bytes, house: bytes) -> AESGCM:
    info = _INFO + point + house
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(shared))
