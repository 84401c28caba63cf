"""Announcements as the exchange plays them: 8 kHz, one channel, 16-bit signed linear in a RIFF/WAVE file.

Pure. Asterisk's `format_wav` opens `name.wav` only so; another rate or two channels is silence for callers.
"""

import io
import warnings
import wave
from dataclasses import dataclass, field
from math import gcd
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

RATE = 8000
MOST_BYTES = 12_000_000
LEAST_SECONDS, MOST_SECONDS = 0.5, 60.0
_QUIET = 0.01
"""A sound whose loudest moment is below one per cent of full scale is silence."""
_LOUD = 0.9


@dataclass(frozen=True, slots=True)
class Sound:
    """What the exchange can play, and how long it lasts."""

    content: bytes = field(repr=False)
    seconds: float


def to_wav(content: bytes) -> Sound:
    """Any uncompressed WAVE file as the exchange plays it.

    Raises Refused "bad_sound": no sound by its content, broken off, silent, too short, long or large.
    """
    if len(content) > MOST_BYTES:
        raise _bad(_("声音文件太大，最多 12 MB。"))
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise _bad(_("不是 WAV 声音文件。MP3、M4A 请在本页选择，由浏览器转换；或另存为 WAV。"))
    rate, samples = _samples(content)
    seconds = len(samples) / rate
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise _bad(_("录音要在半秒到 60 秒之间。"))
    return Sound(_written(_resampled(samples, rate)), round(seconds, 1))


def _bad(reason: str) -> Refused:
    return Refused(reason, code="bad_sound", field="file")


def _samples(content: bytes) -> tuple[int, Any]:
    """(rate, one channel between -1 and 1)."""
    import numpy
    from scipy.io import wavfile

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*(EOF|[Ii]ncomplete|truncated).*")
            warnings.filterwarnings("ignore", message=".*not understood.*")
            rate, data = wavfile.read(io.BytesIO(content))
    except Exception as error:  # the reader breaks in many ways on what is no sound
        raise _bad(_("这个 WAV 文件读不出来，可能不完整，或是压缩格式。请另存为 PCM。")) from error
    if not RATE <= rate <= 192_000 or data.ndim > 2 or not len(data):
        raise _bad(_("采样率要在 8000 以上。"))
    values = data.astype(numpy.float64)
    if data.dtype.kind == "u":
        values = values / 128 - 1
    elif data.dtype.kind == "i":
        values = values / float(numpy.iinfo(data.dtype).max)
    if values.ndim == 2:
        values = values.mean(axis=1)
    loudest = float(numpy.abs(values).max())
    if not _QUIET <= loudest < float("inf"):
        raise _bad(_("录音里没有声音，请检查麦克风再录。"))
    return rate, values * (_LOUD / loudest) if loudest > _LOUD else values


def _resampled(samples: Any, rate: int) -> Any:
    if rate == RATE:
        return samples
    from scipy.signal import resample_poly

    shared = gcd(rate, RATE)
    return resample_poly(samples, RATE // shared, rate // shared)


def _written(samples: Any) -> bytes:
    """The filter of the resampling may ring over full scale: clipped, not wrapped."""
    import numpy

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((numpy.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()
