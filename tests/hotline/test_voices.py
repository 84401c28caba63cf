"""Two recordings become one in stereo: the tone of each side is in its channel, and nowhere else."""

import io
import wave
from pathlib import Path

import pytest

from mingbai.hotline.rules.voices import playable, stereo
from tests.sipp import pbx
from tests.tones import tones

HEAD = 58
STILL = 8
"""The smallest sample of A-law: it has no zero."""


def wav(folder: Path, hertz: int, seconds: float) -> bytes:
    pbx.tone(folder / "tone.wav", hertz, seconds, 0.3)
    return (folder / "tone.wav").read_bytes()


def voice(folder: Path, hertz: int, seconds: float) -> bytes:
    """As the exchange writes it: one byte a sample."""
    return stereo(wav(folder, hertz, seconds), b"")[HEAD::2]


def frames(content: bytes) -> list[int]:
    with wave.open(io.BytesIO(playable(content))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 8000)
        return memoryview(file.readframes(file.getnframes())).cast("h").tolist()


@pytest.mark.parametrize("made", [voice, wav], ids=["alaw", "wav"])
def test_the_caller_is_left_and_the_others_are_right(tmp_path: Path, made):
    left, right = tones(playable(stereo(made(tmp_path, 600, 1.0), made(tmp_path, 900, 1.0))))
    assert left[600] == 1 and left[900] < 0.001 and right[900] == 1 and right[600] < 0.001


def test_both_end_together_whoever_began_later(tmp_path: Path):
    both = frames(stereo(voice(tmp_path, 600, 1.0), voice(tmp_path, 900, 0.25)))
    assert len(both) == 16_000
    late, early = both[1 : 2 * 6_000 : 2], both[: 2 * 6_000 : 2]
    assert set(late) == {STILL} and max(early) > 5_000 and max(both[2 * 6_000 + 1 :: 2]) > 5_000


@pytest.mark.parametrize("nothing", [b"", b"RIFF", b"RIFF" + b"x" * 5000])
def test_a_voice_that_is_no_sound_is_silence(tmp_path: Path, nothing: bytes):
    both = frames(stereo(nothing, voice(tmp_path, 900, 0.1)))
    assert len(both) == 1_600 and set(both[::2]) == {STILL} and max(both[1::2]) > 5_000
    assert frames(stereo(nothing, nothing)) == []


def test_a_file_of_another_shape_is_silence_and_no_noise(tmp_path: Path):
    two_voices = playable(stereo(wav(tmp_path, 600, 0.1), b""))
    assert set(frames(stereo(two_voices, voice(tmp_path, 900, 0.1)))[::2]) == {STILL}


def test_every_sample_is_kept_within_the_step_of_the_law(tmp_path: Path):
    """G.711: the error is at most half of a step, which is a thirty-second of the sample, and sixteen."""
    before = wav(tmp_path, 1234, 0.5)
    with wave.open(io.BytesIO(before)) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h").tolist()
    after = frames(stereo(before, b""))[::2]
    assert all(abs(a - b) <= max(8, abs(a) / 32 + 1) for a, b in zip(samples, after, strict=True))


def test_every_byte_is_a_sample_of_its_own_and_comes_back():
    all_bytes = bytes(range(256))
    heard = frames(stereo(all_bytes, b""))[::2]
    assert len(set(heard)) == 256 and sorted(heard) == [-one for one in sorted(heard)[::-1]]
    assert (max(heard), heard[0xD5], heard[0x55]) == (32_256, 8, -8)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(one.to_bytes(2, "little", signed=True) for one in heard))
    assert stereo(out.getvalue(), b"")[HEAD::2] == all_bytes


@pytest.mark.parametrize("kept", [b"", b"RIFF1234", b"x" * 100])
def test_what_is_kept_otherwise_is_played_as_it_is(kept: bytes):
    assert playable(kept) == kept


def test_a_file_of_before_is_played_as_it_is(tmp_path: Path):
    before = wav(tmp_path, 600, 0.1)
    assert playable(before) == before


def test_it_takes_half_of_what_16_bits_take(tmp_path: Path):
    assert len(stereo(voice(tmp_path, 600, 1.0), b"")) == HEAD + 16_000
