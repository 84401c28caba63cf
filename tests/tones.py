"""Which tones are in a recording: what tells whose voice is in which channel."""

import io
import math
import wave

HERTZ = (440, 600, 900, 1234, 1500, 2345)
"""Music on hold 440, sipp's caller 600, telephone 900, carrier 1500; the others are nobody's."""


def tones(content: bytes) -> list[dict[int, float]]:
    """For each channel how loud each tone is against the loudest of them (Goertzel); 0 where all is still."""
    with wave.open(io.BytesIO(content)) as file:
        raw, rate, channels = file.readframes(file.getnframes()), file.getframerate(), file.getnchannels()
    samples = memoryview(raw).cast("h").tolist()
    return [_loud(samples[nth::channels], rate) for nth in range(channels)]


def _loud(samples: list[int], rate: int) -> dict[int, float]:
    found = {hertz: _power(samples, hertz, rate) for hertz in HERTZ}
    most = max(found.values())
    return {hertz: value / most if most else 0.0 for hertz, value in found.items()}


def _power(samples: list[int], hertz: int, rate: int) -> float:
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return before * before + last * last - turn * before * last
