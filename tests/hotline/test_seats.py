"""Who sits where and what they say; what the line writes of them; ends of calls; recordings."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.core.retention import forget_all
from mingbai.hotline.actions import ends, recordings, seats, switch
from mingbai.hotline.enums import Busy, CallEnd, Recording, Step
from mingbai.hotline.models import Call, CallEvent, Seat
from mingbai.hotline.queries import live
from mingbai.hotline.queries.seats import handover_sheet, my_calls, strip
from mingbai.journal.queries import history
from mingbai.people.roles import RoleCode
from mingbai.places.queries import one_moment
from tests.cases.factories import CITY, NORTH, TOWN, City, make_case, make_opened
from tests.hotline.factories import PHONE, make_call, put_through, take_seat
from tests.people.factories import make_clerk

pytestmark = pytest.mark.django_db


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def test_a_seat_is_taken_paused_and_ready_is_said_aloud(city: City):
    seat = take_seat(city.owner, ready=False)
    assert (seat.state, seat.worker, seat.busy) == ("pause", city.owner, "")
    assert seats.say(by=SYSTEM, worker=city.owner, state="ready").state == "ready"
    assert seats.say(by=SYSTEM, worker=city.owner, state="pause", reason="meal").reason == "meal"
    seats.sign_out(by=SYSTEM, worker=city.owner)
    seat.refresh_from_db()
    assert (seat.state, seat.worker_id, seat.reason) == ("off", None, "")
    verbs = [entry.verb for entry in history(seat.chain)]
    assert verbs == ["seat.signed_in", "seat.said", "seat.said", "seat.signed_out"]


def test_one_person_one_seat_one_seat_one_person(city: City):
    take_seat(city.owner, "seat-1")
    with refused("seat_taken"):
        take_seat(city.bob.worker, "seat-1")
    take_seat(city.owner, "seat-2")
    assert Seat.objects.get(name="seat-1").worker_id is None


@pytest.mark.parametrize(
    ("name", "voice"),
    [("seat-0", "browser"), ("seat-1", "phone"), ("seat-1", "x"), ("trunk", "browser"), ("desk-1", "browser"),
     ("seat-1&trunk", "browser"), ("", "none")],
)  # fmt: skip
def test_a_seat_that_is_not_there(city: City, name: str, voice: str):
    with refused("bad_seat"):
        take_seat(city.owner, name, voice)


@pytest.mark.parametrize(("state", "reason"), [("off", ""), ("pause", ""), ("pause", "x"), ("talking", "")])
def test_a_state_that_nobody_can_say(city: City, state: str, reason: str):
    take_seat(city.owner)
    with refused("bad_state"):
        seats.say(by=SYSTEM, worker=city.owner, state=state, reason=reason)


def test_nothing_is_said_without_a_seat_and_nobody_leaves_a_caller(city: City):
    with refused("no_seat"):
        seats.say(by=SYSTEM, worker=city.owner, state="ready")
    seats.sign_out(by=SYSTEM, worker=city.owner)
    put_through(make_call("queued"), take_seat(city.owner))
    with refused("on_a_call"):
        seats.sign_out(by=SYSTEM, worker=city.owner)


def test_ready_ends_the_wrap_up_and_the_call_knows_when(city: City):
    seat, call = take_seat(city.owner), make_call("queued", "answered", "ended", seat="seat-1")
    put_through(call, seat, Busy.WRAP)
    assert live.staffed(CITY)[0].is_wrapping
    seats.wrap_done(by=SYSTEM, worker=city.owner)
    seat.refresh_from_db(), call.refresh_from_db()
    assert (seat.busy, seat.call_id, call.wrapped_at is not None) == ("", None, True)


def test_nothing_rings_on_a_seat_whose_password_has_run_out(city: City):
    take_seat(city.owner), take_seat(city.bob.worker, "seat-2")
    long_ago = timezone.now() - live.SHIFT - timedelta(minutes=1)
    Seat.objects.filter(name="seat-1").update(signed_in_at=long_ago)
    assert [said.name for said in live.staffed(CITY)] == ["seat-2"]


def test_the_password_is_another_one_each_shift_and_none_when_nobody_sits_there(city: City):
    now = timezone.now()
    seat = take_seat(city.owner)
    first = live.secret_of(seat, now)
    assert first and live.secret_of(seat, now + live.SHIFT + timedelta(minutes=1)) == ""
    seats.sign_out(by=SYSTEM, worker=city.owner)
    seat.refresh_from_db()
    assert live.secret_of(seat, now) == ""
    assert live.secret_of(take_seat(city.owner), timezone.now()) != first


# ── calls ──


def test_each_thing_that_happened_is_a_row_and_the_call_tells_it_in_short(city: City):
    take_seat(city.owner)
    call = make_call("queued", "ringing", "answered", "held", "resumed", "ended", seat="seat-1", why="agent")
    assert list(call.events.values_list("seq", "kind")) == list(
        enumerate(["offered", "queued", "ringing", "answered", "held", "resumed", "ended"], start=1)
    )
    assert (call.ended_by, call.worker, call.held_seconds) == (CallEnd.AGENT, city.owner, 1)
    assert call.waited == timedelta(seconds=3) and [e.verb for e in history(call.chain)] == ["call.ended"]


def test_what_comes_after_the_end_or_of_an_unknown_call_changes_nothing(city: City):
    call = make_call("ended", why="caller")
    for key in (call.channel, "nobody"):
        assert switch.note(by=SYSTEM, key=key, step=Step.ANSWERED, at=timezone.now()) is None
    assert CallEvent.objects.count() == 2


def test_the_same_call_offered_twice_is_one(city: City):
    call = make_call()
    again = switch.offer(
        by=SYSTEM, station=CITY, key=call.channel, at=timezone.now(), number="13900000000", dialled=""
    )
    assert again == call and Call.objects.count() == 1


@pytest.mark.parametrize(
    "number", ["anonymous", "", "abc" * 200, "+++", "1", "\x00\x01", "'; drop table", "0" * 64]
)
def test_a_number_that_is_none_is_no_number(city: City, number: str):
    call = make_call(number=number)
    assert (call.phone, call.phone_hash) == ("", "") and call.region_id == CITY


def test_the_county_comes_from_earlier_matters_and_the_agent_from_the_last_day(city: City):
    make_case(phone=PHONE, region=TOWN)
    take_seat(city.owner)
    make_call("queued", "answered", "ended", seat="seat-1")
    known = live.about(PHONE, timezone.now())
    assert (known.county, known.spoke_with) == (NORTH, str(city.owner.pk))
    assert live.about(PHONE, timezone.now() + timedelta(hours=25)).spoke_with == ""
    assert make_call().region_id == NORTH


def test_nobody_reads_the_number_in_the_tables(city: City):
    call = make_call()
    assert PHONE.encode() not in bytes(call.phone_sealed) and PHONE not in call.phone_hash
    Call.objects.update(offered_at=timezone.now() - timedelta(days=181))
    forget_all(timezone.now())
    call.refresh_from_db()
    assert (call.phone, call.phone_hash) == ("", "")


def test_a_call_of_the_exchange_without_time_of_its_end_has_nobody_who_ended_it(city: City):
    call = make_call()
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(ended_by="caller")


# ── ends on paper ──


def test_a_matter_and_no_matter_exclude_each_other(city: City):
    call, case = make_call("answered", "ended"), make_case()
    ends.link_case(by=SYSTEM, call=call, case=case)
    ends.link_case(by=SYSTEM, call=call, case=case)
    with refused("call_has_matter"):
        ends.no_matter(by=SYSTEM, call=call, what="wrong")
    with refused("call_has_matter"):
        ends.link_case(by=SYSTEM, call=call, case=make_opened().case)
    other = ends.no_matter(by=SYSTEM, call=make_call("answered", "ended"), what="silent")
    assert other.no_matter == "silent"
    for what in ("", "x"):
        with refused("bad_choice"):
            ends.no_matter(by=SYSTEM, call=other, what=what)


def test_a_call_that_nobody_answered_has_no_end_on_paper(city: City):
    call = make_call("ended", why="caller")
    with refused("not_answered"):
        ends.link_case(by=SYSTEM, call=call, case=make_case())
    with refused("not_answered"):
        ends.no_matter(by=SYSTEM, call=call, what="wrong")


def test_legal_aid_is_told_once(city: City):
    call = make_call("answered")
    first = ends.tell_of_aid(by=SYSTEM, call=call).aid_told_at
    assert ends.tell_of_aid(by=SYSTEM, call=call).aid_told_at == first
    assert [entry.verb for entry in history(call.chain)] == ["call.aid_told"]


# ── recordings ──

WAV = b"RIFF" + bytes(range(256)) * 40


def recorded(**more: Any) -> Call:
    call = make_call("answered", "ended", **more)
    switch.expect_recording(by=SYSTEM, key=call.channel)
    call.refresh_from_db()
    return call


def kept() -> Call:
    call = recorded()
    recordings.keep_recording(by=SYSTEM, call=call, content=WAV)
    call.refresh_from_db()
    return call


def test_a_recording_is_kept_encrypted_played_on_the_record_and_destroyed_in_time(
    city: City, django_capture_on_commit_callbacks: Any
):
    call = kept()
    file = Path(settings.FILES_DIR) / call.recording_path
    assert call.recording == Recording.KEPT and WAV[:64] not in file.read_bytes()
    assert recordings.play_recording(by=SYSTEM, call=call) == WAV
    recordings.forget_recordings(by=SYSTEM, now=timezone.now() + timedelta(days=729))
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        recordings.forget_recordings(by=SYSTEM, now=timezone.now() + timedelta(days=731))
    call.refresh_from_db()
    assert not file.exists() and (call.recording, bytes(call.recording_key)) == (Recording.DELETED, b"")
    with refused("no_recording"):
        recordings.play_recording(by=SYSTEM, call=call)
    verbs = [entry.verb for entry in history(call.chain)]
    assert verbs == ["call.ended", "call.recorded", "call.recording_opened", "call.recording_destroyed"]


def test_a_recording_outlives_the_sweep_of_files_and_the_callers_number(city: City):
    from mingbai.cases.actions.files import sweep_files

    call = kept()
    sweep_files(by=SYSTEM, now=timezone.now() + timedelta(days=400))
    Call.objects.update(offered_at=timezone.now() - timedelta(days=181))
    forget_all(timezone.now())
    call.refresh_from_db()
    assert call.phone == "" and recordings.play_recording(by=SYSTEM, call=call) == WAV


def test_a_recording_that_is_damaged_or_missing_says_so(city: City):
    call = kept()
    (Path(settings.FILES_DIR) / call.recording_path).write_bytes(b"x" * 100)
    with refused("file_lost"):
        recordings.play_recording(by=SYSTEM, call=call)
    lost = recorded()
    recordings.miss_recording(by=SYSTEM, call=lost)
    lost.refresh_from_db()
    assert lost.recording == Recording.MISSING and live.recordings_due(timezone.now()) == []


def test_a_recording_that_nobody_waits_for_is_not_kept(city: City):
    call = kept()
    files = [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]
    recordings.keep_recording(by=SYSTEM, call=call, content=b"RIFF again")
    assert [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()] == files
    assert recordings.play_recording(by=SYSTEM, call=call) == WAV


def test_nothing_is_left_in_the_store_when_the_row_cannot_be_written(city: City, monkeypatch: Any):
    call = recorded()
    monkeypatch.setattr(recordings, "write", lambda **_: 1 / 0)
    before = sorted(Path(settings.FILES_DIR).rglob("*"))
    with pytest.raises(ZeroDivisionError):
        recordings.keep_recording(by=SYSTEM, call=call, content=WAV)
    call.refresh_from_db()
    assert [path for path in sorted(Path(settings.FILES_DIR).rglob("*")) if path.is_file()] == [
        path for path in before if path.is_file()
    ]
    assert call.recording == Recording.DUE


# ── what a seat shows ──


def test_the_hand_over_sheet_names_what_was_left_and_whose_it_is(
    city: City, django_assert_max_num_queries: Any
):
    take_seat(city.owner)
    promised = make_call("queued", "promised", "ended", why="line")
    night = make_call("queued", "forwarded", "answered", "ended", seat="night", number="13987650002")
    mine = make_call("answered", "ended", seat="seat-1", number="13987650003")
    agent = make_clerk(city.stations[CITY], "at-the-centre", "柳青", RoleCode.HOTLINE_AGENT)
    sheet = handover_sheet(agent, city.owner, CITY, timezone.now())
    assert (sheet.promised, sheet.night, sheet.unwritten) == ([promised], [night], [mine])
    assert my_calls(city.owner, timezone.now()) == [mine]
    ends.no_matter(by=SYSTEM, call=mine, what="wrong")
    elsewhere = handover_sheet(city.alice, None, CITY, timezone.now())
    assert (elsewhere.promised, elsewhere.night) == ([], []), "the line's own people only"
    assert handover_sheet(agent, city.owner, CITY, timezone.now()).unwritten == []
    make_call("queued", "promised", "ended", why="line", number="13987650004")
    with one_moment(), django_assert_max_num_queries(6):  # the register and four; more calls, not more
        assert len(handover_sheet(agent, city.owner, CITY, timezone.now()).promised) == 2


def test_the_strip_changes_its_version_with_what_it_shows(city: City, django_assert_num_queries: Any):
    seat, now = take_seat(city.owner), timezone.now()
    with django_assert_num_queries(2):
        first = strip(seat, CITY, now)
    assert not first.is_alive and strip(seat, CITY, now).version == first.version
    switch.beat(by=SYSTEM, station=CITY, at=now, has_exchange=True)
    second = strip(seat, CITY, now)
    assert second.is_alive and second.version != first.version
    assert not strip(seat, CITY, now + timedelta(seconds=6)).is_alive
    make_call("queued", at=now)
    third = strip(seat, CITY, now)
    assert third.waiting == 1 and third.version != second.version


# ── what a shift is paid ──


def test_the_time_at_seats_of_a_day_is_one_piece_of_duty(city: City):
    from mingbai.subsidies.models import Piece

    nine = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    for begins, hours in ((nine, 2), (nine + timedelta(hours=3), 3)):
        seats.sign_in(by=SYSTEM, worker=city.owner, station=CITY, name="seat-1", voice="browser", at=begins)
        seats.sign_out(by=SYSTEM, worker=city.owner, at=begins + timedelta(hours=hours))
    piece = Piece.objects.get()
    assert (piece.work, piece.minutes, piece.stage) == ("hotline_duty", 300, "")
    assert (piece.done_on, piece.state, piece.worker) == (nine.date(), "earned", city.owner)


def test_a_forgotten_sign_out_ends_with_its_day(city: City):
    from mingbai.subsidies.models import Piece

    ten_at_night = timezone.localtime().replace(hour=22, minute=0, second=0, microsecond=0)
    began = ten_at_night - timedelta(days=3)
    seats.sign_in(by=SYSTEM, worker=city.owner, station=CITY, name="seat-1", voice="browser", at=began)
    seats.sign_out(by=SYSTEM, worker=city.owner, at=ten_at_night)
    assert Piece.objects.get().minutes == 120
