"""The line on a real Asterisk with real calls: order, giving up, no answer, and what dies in between."""

import gc
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import seats
from mingbai.hotline.enums import CallEnd, Recording, Voice
from mingbai.hotline.models import Call, Pulse, Seat
from mingbai.integrations.asterisk.fallback import Fallbacks
from mingbai.integrations.asterisk.process import Hotline
from tests.cases.factories import CITY, City, make_city
from tests.integrations.asterisk.conftest import line_at_work
from tests.process import start, wait_until
from tests.sipp import Sipp, pbx

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # Connections to an exchange that was killed are closed by nobody; they are swept up after each test.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
HOTLINE = "from django.core.management import call_command\ncall_command('hotline')"


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


@pytest.fixture(autouse=True)
def _sweep_up() -> Iterator[None]:
    yield
    gc.collect()


def sit_down(city: City, name: str, who: str) -> None:
    worker = city.users[who].worker
    seats.sign_in(by=SYSTEM, worker=worker, station=CITY, name=name, voice=Voice.PHONE)
    seats.say(by=SYSTEM, worker=worker, state="ready")


def calls() -> dict[str, Call]:
    return {call.phone[-1]: call for call in Call.objects.order_by("offered_at")}


def seat_is(line: Hotline, name: str, state: str) -> bool:
    """As the line knows it."""
    seat = line.line.places.get(name)
    return bool(seat and seat.state == state)


def hang_up(exchange: pbx.Pbx, channel: str) -> None:
    """As the carrier would."""
    with httpx.Client(auth=("hotline", exchange.password), trust_env=False) as client:
        client.delete(f"{exchange.url}/ari/channels/{channel}").raise_for_status()


def until(**wanted: Any) -> None:
    """Until so many calls are in this state: `waits=2, talks=1, over=3`."""

    def is_so() -> bool:
        rows = list(Call.objects.all())
        found = {
            "waits": sum(not row.answered_at and not row.ended_at for row in rows),
            "talks": sum(bool(row.answered_at and not row.ended_at) for row in rows),
            "over": sum(bool(row.ended_at) for row in rows),
        }
        return all(found[name] == value for name, value in wanted.items())

    wait_until(is_so, seconds=30)


def test_first_come_first_served_giving_up_in_each_state_and_the_next_seat(
    city: City, exchange: pbx.Pbx, sipp: Sipp
) -> None:
    sit_down(city, "phone-1", "alice")
    with line_at_work(exchange, wrap=0.2, ring=3.0) as line:
        sipp.phone(1, ring_ms=300, talk_ms=1500)
        for number, talk_ms in (("1", 60_000), ("2", 60_000), ("3", 1_200), ("4", 60_000)):
            sipp.call(f"1398765000{number}", talk_ms=talk_ms)
            wait_until(lambda n=number: n in calls())
        until(over=4)
        rows = calls()
        assert rows["3"].answered_at is None and rows["3"].ended_by == CallEnd.CALLER
        served = sorted((row.answered_at, number) for number, row in rows.items() if row.answered_at)
        assert [number for _at, number in served] == ["1", "2", "4"]
        assert {rows[number].ended_by for number in "124"} == {CallEnd.AGENT}
        # A telephone that nobody takes off: the next seat rings, the first is paused.
        bob = city.users["bob"].worker
        seats.sign_in(by=SYSTEM, worker=bob, station=CITY, name="phone-2", voice=Voice.PHONE)
        sipp.phone(2, ring_ms=60_000)
        Seat.objects.filter(name="phone-2").update(state="ready", reason="", since="2020-01-01T00:00Z")
        wait_until(lambda: seat_is(line, "phone-2", "ready"))
        sipp.call("13987650005", talk_ms=60_000)
        until(over=5)
        assert Seat.objects.get(name="phone-2").reason == "no_answer"
        steps = list(calls()["5"].events.values_list("kind", "seat"))
        assert ("unanswered", "phone-2") in steps and ("answered", "phone-1") in steps
        # The caller gives up while it rings, and while talking.
        sipp.phone(3, ring_ms=1_000)
        seats.say(by=SYSTEM, worker=city.users["alice"].worker, state="pause", reason="meal")
        sit_down(city, "phone-3", "charlie")
        # The line reads its seats a few times a second: until then it would ring the one who left.
        wait_until(lambda: seat_is(line, "phone-1", "pause") and seat_is(line, "phone-3", "ready"))
        sipp.call("13987650006", talk_ms=500)
        until(over=6)
        sipp.call("13987650007", talk_ms=2_500)
        until(over=7)
        rows = calls()
        assert rows["6"].ringing_at and rows["6"].answered_at is None
        assert rows["7"].answered_at and rows["7"].ended_by == CallEnd.CALLER
        wait_until(lambda: not Call.objects.filter(recording=Recording.DUE).exists(), seconds=20)
    assert pbx.console(exchange, "core show channels count").startswith("0 active channels")
    connection.close()


def test_the_process_is_killed_while_they_talk_and_wait(
    city: City, exchange: pbx.Pbx, sipp: Sipp, tmp_path: Path
) -> None:
    sit_down(city, "phone-1", "alice")
    log, settings = tmp_path / "log", {"PBX_URL": exchange.url, "PBX_PASSWORD": exchange.password}
    first = start(HOTLINE, log, **settings)
    second = None
    try:
        # Before that the dial plan would ring every seat by itself.
        wait_until(lambda: Pulse.objects.filter(has_exchange=True).exists())
        sipp.phone(1, talk_ms=60_000)
        talks = sipp.call("13987650001")
        until(talks=1)
        waits, gone = sipp.call("13987650002"), sipp.call("13987650003", talk_ms=4_000)
        until(talks=1, waits=2)
        first.kill()
        first.wait()
        gone.wait(20)  # gives up while nobody watches
        assert talks.poll() is None and waits.poll() is None
        second = start(HOTLINE, log, **settings)
        wait_until(lambda: calls()["3"].ended_at)
        rows = calls()
        assert rows["3"].ended_by == CallEnd.UNOBSERVED
        assert not rows["1"].ended_at and not rows["2"].ended_at
        assert talks.poll() is None and waits.poll() is None
        wait_until(lambda: Seat.objects.get().busy == "talking")
        # Who talked hangs up; who waited kept the place and is served.
        hang_up(exchange, calls()["1"].channel)
        wait_until(lambda: calls()["1"].ended_at)
        assert calls()["1"].ended_by == CallEnd.CALLER
        seats.wrap_done(by=SYSTEM, worker=city.users["alice"].worker)
        wait_until(lambda: calls()["2"].answered_at)
    finally:
        for process in filter(None, (first, second)):
            process.kill()
            process.wait()
        connection.close()


def test_the_exchange_is_killed_during_twenty_calls(city: City, exchange: pbx.Pbx, sipp: Sipp) -> None:
    sit_down(city, "phone-1", "alice")
    with line_at_work(exchange) as line:
        sipp.phone(1)
        sipp.call("13987650001", times=20)
        until(waits=19, talks=1)
        pbx.halt(exchange)
        wait_until(lambda: not line.is_connected, seconds=5)
        pbx.launch(exchange)
        until(over=20)
        assert set(Call.objects.values_list("ended_by", flat=True)) == {CallEnd.LINE}
        assert Call.objects.filter(answered_at=None).count() == 19
        # And it works again.
        seats.say(by=SYSTEM, worker=city.users["alice"].worker, state="ready")
        sipp.call("13987650002", talk_ms=1_500)
        until(over=21)
        assert calls()["2"].answered_at and calls()["2"].ended_by == CallEnd.CALLER
    connection.close()


def test_while_the_process_is_down_every_seat_rings(
    city: City, exchange: pbx.Pbx, sipp: Sipp, settings: Any
) -> None:
    sipp.phone(1, ring_ms=60_000)
    sipp.phone(2, ring_ms=400, talk_ms=800)
    caller = sipp.call("13987650001")
    assert caller.wait(20) == 0  # answered, and the other side hung up
    records = Path(exchange.home) / "log/cdr-csv/Master.csv"
    wait_until(lambda: records.exists() and "fallback" in records.read_text(), seconds=20)
    assert '"PJSIP/phone-2' in records.read_text()
    # What it wrote becomes a call, with a measured wait and nobody's word on who hung up.
    settings.PBX_CDR = str(records)
    fallbacks = Fallbacks(CITY)
    wait_until(fallbacks.land, seconds=20)
    call = Call.objects.get(seat="phone-2")
    assert call.answered_at and call.answered_at >= call.offered_at and call.ended_by == CallEnd.UNOBSERVED
    assert call.phone == "13987650001" and fallbacks.land() == 0 == Fallbacks(CITY).land()
    connection.close()


@pytest.mark.parametrize(
    "text",
    [
        b"\x00\xff\x00",
        b"INVITE",
        b"INVITE sip:12348@127.0.0.1 SIP/2.0\r\n\r\n",
        b"DANCE sip:12348@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n\r\n",
        b"INVITE sip:12348@127.0.0.1 SIP/2.0\r\nContent-Length: 99999999\r\n\r\nv=0",
        b"A" * 60_000,
    ],
)
def test_what_is_no_sip_is_no_call(exchange: pbx.Pbx, text: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(text, ("127.0.0.1", exchange.sip_port))
    answer = pbx.console(exchange, "core show channels count")
    assert answer.startswith("0 active channels")


def test_nobody_but_trunk_and_seats_is_let_in(exchange: pbx.Pbx) -> None:
    """A caller who says to be a seat is asked for its password."""
    call = (
        f"INVITE sip:12348@127.0.0.1:{exchange.sip_port} SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKy;rport\r\nMax-Forwards: 70\r\n"
        "From: <sip:seat-1@127.0.0.1>;tag=a\r\nTo: <sip:12348@127.0.0.1>\r\nCall-ID: a@b\r\n"
        "CSeq: 1 INVITE\r\nContact: <sip:seat-1@127.0.0.1:{port}>\r\nContent-Length: 0\r\n\r\n"
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind(("127.0.0.1", 0))
        out.settimeout(5)
        port = out.getsockname()[1]
        out.sendto(call.replace("{port}", str(port)).encode(), ("127.0.0.1", exchange.sip_port))
        # 401: asked for the password; 500: nobody sits there, so there is no password to ask for.
        assert out.recv(4096).split(b" ")[1] in (b"401", b"403", b"500")
    assert pbx.console(exchange, "core show channels count").startswith("0 active channels")
