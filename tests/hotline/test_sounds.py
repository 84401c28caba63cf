"""Announcements: what is taken for a sound, what the exchange gets, and that the old one stays till then."""

import io
import struct
import wave
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.hotline.actions import sounds as actions
from mingbai.hotline.enums import SoundState
from mingbai.hotline.models import Announcement
from mingbai.hotline.queries.sounds import wanted_sounds
from mingbai.hotline.rules.sounds import to_wav
from mingbai.integrations.asterisk.sounds import put_sounds
from mingbai.journal.models import Entry
from tests.cases.factories import CITY, City


def recorded(
    rate: int = 44_100, kind: str = "int16", *, hertz: int = 440, seconds: float = 1.0, ways: int = 1
) -> bytes:
    """A sine as an office's own recorder would keep it."""
    wave_ = 0.5 * numpy.sin(2 * numpy.pi * hertz * numpy.arange(int(rate * seconds)) / rate)
    full = {"int16": 2**15 - 1, "int32": 2**31 - 1, "float32": 1.0, "uint8": 127}[kind]
    data = (wave_ * full + (128 if kind == "uint8" else 0)).astype(kind)
    out = io.BytesIO()
    wavfile.write(out, rate, numpy.stack([data] * ways, axis=1) if ways > 1 else data)
    return out.getvalue()


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("kind", ["uint8", "int16", "int32", "float32"])
@pytest.mark.parametrize("ways", [1, 2])
def test_it_becomes_what_the_exchange_plays(rate: int, kind: str, ways: int):
    sound = to_wav(recorded(rate, kind, ways=ways))
    with wave.open(io.BytesIO(sound.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        heard = numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    assert sound.seconds == 1.0 and abs(len(heard) - 8000) <= 1
    assert int(numpy.abs(numpy.fft.rfft(heard)).argmax()) == pytest.approx(440, abs=1)
    assert 15_000 < numpy.abs(heard).max() < 17_500  # as loud as it was


def test_what_is_above_the_telephone_is_cut_and_not_folded_down():
    """A tone of 7 kHz would come back as 1 kHz where samples were only left out."""
    heard = wavfile.read(io.BytesIO(to_wav(recorded(48_000, hertz=7_000)).content))[1]
    assert numpy.abs(heard.astype(float))[200:-200].max() < 50


GOOD = recorded(8000)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"RIFF", b"ID3" + GOOD, b"\x00" * 5000, GOOD[:40], GOOD[:44], GOOD[:-2000],
        GOOD[:20] + GOOD[60:],
        recorded(seconds=0.2), recorded(8000, seconds=61), b"RIFF\x10\x00\x00\x00WAVEfmt \x10\x00\x00\x00",
        recorded(4000), GOOD[:24] + struct.pack("<I", 0) + GOOD[28:],
        GOOD[:20] + struct.pack("<H", 85) + GOOD[22:],
        GOOD[:44] + b"\x00" * (len(GOOD) - 44), GOOD + b"\x00" * 12_000_000,
    ],
)  # fmt: skip
def test_what_is_no_sound_is_refused(content: bytes):
    with pytest.raises(Refused) as refused:
        to_wav(content)
    assert refused.value.code == "bad_sound"


@settings(max_examples=150)
@given(at=st.integers(4, 43), byte=st.integers(0, 255), cut=st.integers(0, 200))
def test_a_damaged_head_is_refused_or_played_but_never_breaks(at: int, byte: int, cut: int):
    content = bytearray(GOOD)
    content[at] = byte
    try:
        sound = to_wav(bytes(content[: len(content) - cut]))
    except Refused as refused:
        assert refused.code == "bad_sound"
    else:
        assert 0.5 <= sound.seconds <= 60


# ── actions ──


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    settings.PBX_SOUNDS = str(tmp_path / "mingbai")
    (tmp_path / "mingbai").mkdir()
    return tmp_path / "mingbai"


def add(city: City, hertz: int = 440, spoken: str = "notice") -> Announcement:
    content = recorded(8000, hertz=hertz)
    return actions.add_sound(by=SYSTEM, station=city.stations[CITY], spoken=spoken, content=content)


def states() -> list[str]:
    return list(Announcement.objects.order_by("id").values_list("state", flat=True))


def refused_of(act: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.code == code


@pytest.mark.django_db
def test_what_nobody_heard_is_not_chosen_and_the_old_one_stays_until_the_new_one_is_there(
    city: City, folder: Path
):
    old, new = add(city), add(city, 880)
    refused_of(lambda: actions.choose_sound(by=SYSTEM, sound=old), "not_heard")
    heard = actions.hear_sound(by=SYSTEM, sound=old)
    actions.choose_sound(by=SYSTEM, sound=old)
    assert put_sounds(CITY) == 1 and (folder / "notice.wav").read_bytes() == heard
    assert states() == [SoundState.USED, SoundState.UPLOADED] and put_sounds(CITY) == 0
    actions.hear_sound(by=SYSTEM, sound=new)
    actions.choose_sound(by=SYSTEM, sound=new)
    refused_of(lambda: actions.choose_sound(by=SYSTEM, sound=new), "wrong_state")
    refused_of(lambda: actions.drop_sound(by=SYSTEM, sound=new), "wrong_state")
    folder.chmod(0o500)
    (folder / ".notice.wav.draft").mkdir()  # whoever runs the tests: this cannot be written
    assert put_sounds(CITY) == 0
    assert states() == [SoundState.USED, SoundState.CHOSEN]  # callers still hear the old one
    assert (folder / "notice.wav").read_bytes() == heard
    folder.chmod(0o700)
    (folder / ".notice.wav.draft").rmdir()
    assert put_sounds(CITY) == 1 and states() == [SoundState.ENDED, SoundState.USED]
    actions.choose_sound(by=SYSTEM, sound=old)  # back to the old one
    assert put_sounds(CITY) == 1 and states() == [SoundState.USED, SoundState.ENDED]
    verbs = Entry.objects.filter(chain=old.chain).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == [f"sound.{verb}" for verb in "uploaded heard chosen used chosen used".split()]


@pytest.mark.django_db
def test_an_exchange_that_was_set_up_anew_gets_its_sounds_again(city: City, folder: Path):
    one = add(city, spoken="nobody")
    actions.hear_sound(by=SYSTEM, sound=one)
    actions.choose_sound(by=SYSTEM, sound=one)
    put_sounds(CITY)
    (folder / "nobody.wav").write_bytes(b"of somebody else")
    assert put_sounds(CITY) == 1 and wanted_sounds(CITY) == [one]
    actions_path = Path(folder.parent / "files" / one.path)
    actions_path.write_bytes(b"damaged")
    (folder / "nobody.wav").unlink()
    assert put_sounds(CITY) == 0 and not (folder / "nobody.wav").exists()
    refused_of(lambda: actions.hear_sound(by=SYSTEM, sound=one), "file_lost")


@pytest.mark.django_db
def test_nothing_is_put_anywhere_without_a_folder(city: City, folder: Path, settings: Any):
    settings.PBX_SOUNDS = ""
    one = add(city)
    actions.hear_sound(by=SYSTEM, sound=one)
    actions.choose_sound(by=SYSTEM, sound=one)
    assert put_sounds(CITY) == 0 and states() == [SoundState.CHOSEN]


@pytest.mark.django_db
def test_what_is_dropped_is_gone_and_a_refused_one_leaves_nothing(
    city: City, folder: Path, django_capture_on_commit_callbacks: Any
):
    one = add(city)
    with django_capture_on_commit_callbacks(execute=True):
        actions.drop_sound(by=SYSTEM, sound=one)
    terms = {"by": SYSTEM, "station": city.stations[CITY]}
    refused_of(lambda: actions.add_sound(**terms, spoken="notice", content=b"x"), "bad_sound")
    refused_of(lambda: actions.add_sound(**terms, spoken="nothing", content=GOOD), "bad_choice")
    assert not Announcement.objects.exists()
    assert not [path for path in (folder.parent / "files").rglob("*") if path.is_file()]
