"""The voices of a call: kept as a trunk carries them (G.711 A-law, ITU-T G.711), played as every browser can.

One byte a sample is half of what 16 bits take on the disk, and nothing is lost of what came over a trunk.
"""

from __future__ import annotations

import io
import struct
import wave
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

RATE = 8000
_SILENCE = 0xD5
_ALAW = 6
_HEAD = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
"""RIFF with its chunks fmt, fact and data (Microsoft, Multimedia Programming Interface 1.0)."""


def stereo(caller: bytes, others: bytes) -> bytes:
    """Two recordings of one voice each, one byte a sample, become a wav file in stereo: the caller left, the
    others right. Both end with the call, so the shorter one begins later."""
    left, right = _one_byte(caller), _one_byte(others)
    length = max(len(left), len(right))
    both = bytearray([_SILENCE]) * (2 * length)
    both[2 * (length - len(left)) :: 2] = left
    both[2 * (length - len(right)) + 1 :: 2] = right
    return _head(length) + bytes(both)


def _head(length: int) -> bytes:
    size = 2 * length
    form = (18, _ALAW, 2, RATE, 2 * RATE, 2, 8, 0)
    sizes = (b"fact", 4, length, b"data", size)
    return _HEAD.pack(b"RIFF", _HEAD.size - 8 + size, b"WAVE", b"fmt ", *form, *sizes)


def playable(content: bytes) -> bytes:
    """A kept file as wav of 16 bits; what is kept otherwise stays as it is."""
    if len(content) < _HEAD.size or content[:4] != b"RIFF" or _HEAD.unpack_from(content)[5] != _ALAW:
        return content
    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_levels()[np.frombuffer(content, np.uint8, offset=_HEAD.size)].tobytes())
    return out.getvalue()


@cache
def _levels() -> np.ndarray:
    """The sample of 16 bits that each of the 256 bytes stands for (G.711, table 1a)."""
    import numpy as np

    code = np.arange(256) ^ 0x55
    part, step = (code >> 4) & 7, (code & 15) << 4
    size = np.where(part == 0, step + 8, (step + 0x108) << np.maximum(part - 1, 0))
    return np.where(code & 0x80, size, -size).astype("<i2")


def _one_byte(content: bytes) -> bytes:
    """As the exchange writes it; a wav file of 16 bits, as it wrote them before, is brought to it. Any other
    counts as silence."""
    if content[:4] != b"RIFF":
        return content
    import numpy as np

    try:
        with wave.open(io.BytesIO(content)) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                return b""
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except (EOFError, wave.Error, ValueError):
        return b""
    order = np.argsort(_levels(), kind="stable")
    steps = _levels()[order].astype(np.int32)
    nearest = np.searchsorted((steps[1:] + steps[:-1]) / 2, samples)
    return bytes(order[nearest].astype(np.uint8))
