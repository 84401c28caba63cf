"""Two recordings become one in stereo: the tone of each side is in its channel, and nowhere else."""

import io
import wave
from pathlib import Path

import pytest

from mingbai.integrations.asterisk.voices import stereo
from tests.sipp import pbx
from tests.tones import tones


def voice(folder: Path, hertz: int, seconds: float) -> bytes:
    pbx.tone(folder / "tone.wav", hertz, seconds, 0.3)
    return (folder / "tone.wav").read_bytes()


def frames(content: bytes) -> list[int]:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        return memoryview(file.readframes(file.getnframes())).cast("h").tolist()


def test_the_caller_is_left_and_the_others_are_right(tmp_path: Path):
    left, right = tones(stereo(voice(tmp_path, 600, 1.0), voice(tmp_path, 900, 1.0)))
    assert left[600] == 1 and left[900] < 0.001 and right[900] == 1 and right[600] < 0.001


def test_both_end_together_whoever_began_later(tmp_path: Path):
    both = frames(stereo(voice(tmp_path, 600, 1.0), voice(tmp_path, 900, 0.25)))
    assert len(both) == 16_000
    assert not any(both[1 : 2 * 6_000 : 2]) and any(both[2 * 6_000 + 1 :: 2]) and any(both[: 2 * 6_000 : 2])


@pytest.mark.parametrize("nothing", [b"", b"RIFF", b"x" * 5000])
def test_a_voice_that_is_no_sound_is_silence(tmp_path: Path, nothing: bytes):
    both = frames(stereo(nothing, voice(tmp_path, 900, 0.1)))
    assert len(both) == 1_600 and not any(both[::2]) and any(both[1::2])
    assert frames(stereo(nothing, nothing)) == []
