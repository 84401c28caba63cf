"""The exchange's own records of calls that came while nobody was there to hear of them."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from mingbai.hotline.models import Call
from mingbai.integrations.asterisk.fallback import Fallbacks, read_calls
from tests.cases.factories import CITY, make_city

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


DAY = "2026-11-30"


def leg(
    uid: str, dst: str = "", answer: str = "", *, end: str = f"{DAY} 08:16:40", field: str = "fallback"
) -> str:
    """A line as cdr_csv writes it: of the last two seconds before `end`, dialled to `dst`."""
    start = f"{end[:-2]}{max(0, int(end[-2:]) - 2):02d}"
    channel = f"PJSIP/{dst}-0000000a" if dst else ""
    cells = [
        "",
        "13987650001",
        "ring",
        "fallback",
        "",
        "PJSIP/trunk-0",
        channel,
        "Dial",
        "PJSIP/a&PJSIP/b,40",
    ]
    cells += [
        start,
        answer,
        end,
        "2",
        "1",
        "ANSWERED" if answer else "NO ANSWER",
        "DOCUMENTATION",
        uid,
        field,
    ]
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


def test_a_call_of_several_legs_is_one_call():
    text = (
        leg("m.1", "phone-1")
        + leg("m.1", "phone-2", f"{DAY} 08:16:39")
        + leg("m.1", "seat-1")
        + leg("m.2", "seat-1")
    )
    first, second = read_calls(text, NOW)
    assert (first.record.uid, first.record.seat, first.record.number) == ("m.1", "phone-2", "13987650001")
    assert first.record.answered == datetime(2026, 11, 30, 8, 16, 39, tzinfo=UTC)
    assert (second.record.answered, second.record.seat, second.promised) == (None, "", False)


def test_an_announcement_is_no_answer():
    text = leg("m.1", "phone-1") + leg("m.1", "", f"{DAY} 08:17:18", end=f"{DAY} 08:17:19", field="promised")
    [one] = read_calls(text, NOW)
    assert one.promised and one.record.answered is None and one.record.ended.second == 19  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "a,b\n", leg("", "x"), leg("m.1", field=""), leg("m.1").replace("2026", "x"), '"' * 99,
        "\x00,",
    ],
)  # fmt: skip
def test_what_is_no_record_is_left_out(text: str):
    assert read_calls(text, NOW) == []


def test_a_call_that_has_just_ended_waits_until_all_its_lines_are_there():
    ended = datetime(2026, 11, 30, 8, 16, 40, tzinfo=UTC)
    assert read_calls(leg("m.1"), ended + timedelta(seconds=4)) == []
    assert len(read_calls(leg("m.1"), ended + timedelta(seconds=5))) == 1


@pytest.mark.django_db
def test_the_same_file_again_is_nothing_new(tmp_path: Path, settings: Any, django_assert_num_queries: Any):
    make_city()
    file = tmp_path / "Master.csv"
    settings.PBX_CDR = str(file)
    fallbacks = Fallbacks(CITY)
    assert fallbacks.land() == 0  # not there yet
    past = timezone.now().replace(second=30) - timedelta(minutes=5)
    end = f"{past.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    file.write_text(leg("m.1", "phone-1", end, end=end))
    os.utime(file, (past.timestamp(), past.timestamp()))
    assert (fallbacks.land(), Fallbacks(CITY).land(), Call.objects.count()) == (1, 0, 1)
    with django_assert_num_queries(0):
        assert fallbacks.land() == 0
    file.write_text(file.read_text() + leg("m.2", end=end))
    assert (fallbacks.land(), Call.objects.count()) == (1, 2)
    assert Call.objects.get(channel="m.1").answered_at and not Call.objects.get(channel="m.2").answered_at
    settings.PBX_CDR = ""
    assert Fallbacks(CITY).land() == 0
