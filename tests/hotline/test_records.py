"""Call records of other exchanges: how a row is read, which call it is, what was not measured, the seat."""

from datetime import datetime, timedelta
from datetime import timezone as zones
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.hotline.actions import ends, write_down
from mingbai.hotline.actions.records import land_fallback, land_record, show_record
from mingbai.hotline.enums import Busy, CallEnd, CallSource
from mingbai.hotline.models import Call
from mingbai.hotline.queries import answered_within, line_figures, measured
from mingbai.hotline.rules.records import EARLY, LATE, Record, clean_mapping, nearest, read_record
from tests.cases.factories import CITY, City, make_case
from tests.hotline.factories import PHONE, take_seat

ZONE = zones(timedelta(hours=8))
NOW = datetime(2026, 11, 30, 12, tzinfo=ZONE)
COLUMNS = {
    "uid": "id", "number": "caller", "offered": "start", "answered": "answer", "ended": "end",
    "wait": "wait", "talk": "billsec", "outcome": "disposition", "seat": "agent",
}  # fmt: skip


def read(**row: str) -> Record:
    return read_record({"id": "7", "start": "2026-11-30 09:00:00"} | row, COLUMNS, (), ZONE, NOW)


def at(minutes: float) -> datetime:
    return datetime(2026, 11, 30, 9, tzinfo=ZONE) + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("row", "answered", "ended", "was_measured"),
    [
        ({}, None, None, True),
        ({"answer": "2026-11-30 09:01:00", "end": "2026-11-30 09:03:00"}, 1, 3, True),
        ({"answer": "2026/11/30 09:01", "billsec": "120"}, 1, 3, True),
        ({"disposition": "ANSWERED", "wait": "60", "billsec": "2:00"}, 1, 3, True),
        ({"disposition": "已接", "wait": "60"}, 1, None, True),
        ({"disposition": "answered", "end": "2026-11-30 09:03:00"}, 0, 3, False),
        ({"disposition": "BUSY", "answer": "2026-11-30 09:01", "end": "2026-11-30 09:03"}, None, 3, True),
        ({"disposition": "BUSY", "wait": "30"}, None, 0.5, True),
        ({"answer": "2026-11-30T01:01:00Z", "end": "1796000580"}, 1, 3, True),
    ],
)  # fmt: skip
def test_a_row_says_what_it_says(row: dict[str, str], answered: Any, ended: Any, was_measured: bool):
    record = read(**row)
    assert record.offered == at(0)
    assert record.answered == (None if answered is None else at(answered))
    assert record.ended == (None if ended is None else at(ended))
    assert record.measured is was_measured


@pytest.mark.parametrize(
    "row",
    [
        {"id": ""}, {"id": "x" * 129}, {"start": ""}, {"start": "昨天"}, {"start": "2026-02-30 09:00:00"},
        {"answer": "2026-11-30 08:59:00"}, {"end": "2026-11-30 08:59:00"}, {"answer": "9:01"},
        {"answer": "2026-11-30 09:02:00", "end": "2026-11-30 09:01:00"}, {"end": "2026-11-30 23:00:00"},
        {"start": "2026-12-30 09:00:00"}, {"answer": "2026-11-30 09:01:00", "billsec": "-5"},
        {"answer": "2026-11-30 09:01:00", "billsec": "nan"}, {"disposition": "ANSWERED", "wait": "1:2:3:4"},
        {"disposition": "ANSWERED", "wait": "inf"}, {"disposition": "BUSY", "wait": "9" * 400},
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_reason(row: dict[str, str]):
    with pytest.raises(Refused) as refused:
        read(**row)
    assert refused.value.code == "bad_record" and str(refused.value)


@given(row=st.dictionaries(st.sampled_from(list(COLUMNS.values())), st.text(max_size=20)))
def test_no_row_breaks_the_reader(row: dict[str, str]):
    try:
        record = read_record(row, COLUMNS, (), ZONE, NOW)
    except Refused as refused:
        assert refused.code == "bad_record"
    else:
        assert record.offered <= (record.answered or record.offered) <= NOW + timedelta(minutes=2)


def test_a_mapping_needs_number_and_time_and_each_column_once():
    assert clean_mapping({"uid": " id ", "offered": "start", "talk": ""}) == {"uid": "id", "offered": "start"}
    for bad in ({}, {"uid": "id"}, {"uid": "id", "offered": "id"}):
        with pytest.raises(Refused) as refused:
            clean_mapping(bad)
        assert refused.value.code == "bad_mapping"


def test_the_nearest_matter_of_the_same_number_is_the_call_s_own():
    record = Record("1", at(0), at(1), at(5))
    assert nearest(record, [(1, at(-3)), (2, at(2)), (3, at(1)), (4, at(26))]) == 3
    assert nearest(record, [(1, at(0) - EARLY), (2, at(5) + LATE)]) == 1
    assert nearest(record, [(1, at(-3)), (2, at(26))]) is None is nearest(record, [])


# ── landing ──


def told(minutes: float = -10, **more: Any) -> Record:
    start = timezone.now() + timedelta(minutes=minutes)
    values = {"uid": "1", "offered": start, "answered": start + timedelta(seconds=9), "number": PHONE}
    return Record(**values | {"ended": start + timedelta(minutes=3)} | more)


def land(record: Record, **more: Any) -> Call:
    return land_record(by=SYSTEM, station=CITY, record=record, **more)


def hand_case(city: City, **more: Any) -> Any:
    from mingbai.cases.rules.intake import Person

    return make_case(channel="hotline", keep_at=CITY, speaker=Person(phone=PHONE), **more)


@pytest.mark.django_db
def test_a_record_joins_what_the_second_screen_took_down(city: City):
    """The agent wrote it up while talking; the export comes at night: one call, now with its times."""
    case = hand_case(city)
    call = write_down(by=SYSTEM, case=case)
    assert call.waited is None and not measured(Call.objects.all()).exists()
    record = told(-1, ended=timezone.now())
    assert land(record) == call and Call.objects.count() == 1
    call.refresh_from_db()
    assert (call.source, call.case, call.waited) == (CallSource.RECORD, case, timedelta(seconds=9))
    assert answered_within(Call.objects.all()).count() == 1


@pytest.mark.django_db
def test_a_matter_that_is_saved_after_its_record_finds_it(city: City):
    call = land(told(-4))
    case = hand_case(city)
    assert write_down(by=SYSTEM, case=case) == call and Call.objects.count() == 1
    call.refresh_from_db()
    assert call.case == case and call.source == CallSource.RECORD
    other = hand_case(city)  # they call again, elsewhere: that is another call
    assert write_down(by=SYSTEM, case=other) != call


@pytest.mark.django_db
def test_another_number_or_another_time_is_another_call(city: City):
    write_down(by=SYSTEM, case=hand_case(city))
    land(told(-1, number="13987650009"))
    land(told(-120))
    assert Call.objects.count() == 3


@pytest.mark.django_db
def test_what_was_not_measured_is_in_no_rate(city: City):
    land(told(measured=False, number="13987650002"))
    land(told(answered=None, number="13987650003"))
    today = timezone.localdate()
    days = line_figures(today - timedelta(days=1), today)
    assert (days.offered, days.answered, days.measured, days.in_time, days.waited) == (2, 1, 1, 0, None)


@pytest.mark.django_db
def test_an_agent_spoke_with_them_whatever_the_record_says(city: City):
    case = hand_case(city)
    call = write_down(by=SYSTEM, case=case)
    land(told(-1, answered=None, ended=timezone.now()))
    call.refresh_from_db()
    assert call.answered_at is not None and call.source == CallSource.BARE and call.waited is None


@pytest.mark.django_db
def test_a_call_told_of_while_it_rings_opens_on_the_second_screen(city: City):
    worker = city.owner
    seat = take_seat(worker, "desk-1", "none")
    rings = told(0, offered=timezone.now(), answered=None, ended=None, seat=worker.code)
    call = land(rings)
    shown = show_record(by=SYSTEM, call=call, record=rings)
    assert shown == seat and (shown.call, shown.busy) == (call, Busy.RINGING)
    case = hand_case(city)
    ends.link_case(by=SYSTEM, call=call, case=case)  # saved while only the ringing is known
    call.refresh_from_db()
    assert call.source == CallSource.BARE and call.answered_at and call.waited is None
    over = told(0, offered=rings.offered, answered=rings.offered, ended=timezone.now(), seat=worker.code)
    land(over, call=call)
    shown = show_record(by=SYSTEM, call=call, record=over)
    call.refresh_from_db()
    assert shown and shown.busy == Busy.WRAP and call.source == CallSource.RECORD and call.ended_at
    assert (call.worker, call.case) == (worker, case)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "nobody", "seat-1"])
def test_nobody_s_screen_opens_for_an_unknown_seat(city: City, name: str):
    take_seat(city.owner, "seat-1", "browser")
    record = told(seat=name)
    assert show_record(by=SYSTEM, call=land(record), record=record) is None


# ── the exchange's own fallback ──


def fell(**more: Any) -> Call | None:
    promised = more.pop("promised", False)
    return land_fallback(by=SYSTEM, station=CITY, key="mingbai-1.2", record=told(**more), promised=promised)


@pytest.mark.django_db
def test_a_call_of_the_fallback_is_here_once_with_a_truthful_end(city: City):
    seat = take_seat(city.owner)
    call = fell(offered=timezone.now(), answered=timezone.now(), ended=timezone.now(), seat="seat-1")
    assert call is not None and fell() is None and Call.objects.count() == 1
    assert (call.ended_by, call.source, call.worker) == (CallEnd.UNOBSERVED, CallSource.SWITCH, seat.worker)
    assert list(call.events.values_list("kind", flat=True)) == ["offered", "ringing", "answered", "ended"]


@pytest.mark.django_db
def test_who_was_told_to_be_called_back_is(city: City):
    call = fell(answered=None, promised=True)
    assert call is not None and call.case is not None and call.promised_at == call.ended_at
    assert call.answered_at is None and call.case.channel == "hotline"
    assert list(call.events.values_list("kind", flat=True)) == ["offered", "ringing", "promised", "ended"]


@pytest.mark.django_db
def test_a_withheld_number_cannot_be_called_back(city: City):
    call = fell(answered=None, promised=True, number="anonymous")
    assert call is not None and call.case is None and call.promised_at is None


@pytest.mark.django_db
def test_who_sits_there_now_did_not_answer_then(city: City):
    take_seat(city.owner)
    call = fell(seat="seat-1")
    assert call is not None and (call.seat, call.worker) == ("seat-1", None)
