"""Passing a caller on, asking a third, three together and calling back, from the seat's page."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.hotline.actions import arrivals, ratings, switch
from mingbai.hotline.enums import CommandState, Step
from mingbai.hotline.models import Call, CallEvent, ExpectedCall, Seat, SeatCommand
from mingbai.hotline.queries.seats import strip
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, City, make_case, make_city
from tests.hotline.factories import PHONE, make_call, put_through, take_seat
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import HTMX, signed_in, soup, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def agent(city: City) -> Any:
    worker = make_worker(city.stations[CITY], "柳青")
    return make_user(RoleCode.HOTLINE_AGENT, station=city.stations[CITY], worker=worker, name="柳青")


@pytest.fixture
def talking(agent: Any) -> Call:
    """The agent talks at seat-1."""
    seat = take_seat(agent.worker)
    call = make_call("queued", "ringing", "answered", seat="seat-1")
    put_through(call, seat)
    return call


def want(client: Any, what: str, **data: str) -> Any:
    return client.post(reverse("seat:want"), {"what": what, **data}, **HTMX)


def test_whom_one_may_reach_is_listed_while_one_talks(agent: Any, city: City, talking: Call):
    take_seat(city.owner, "seat-2")
    city.stations[NORTH].phone = "024-57612345"
    city.stations[NORTH].save()
    page = soup(signed_in(agent).get("/seat/"))
    values = [option["value"] for option in page.select("#steer-to option")]
    assert values == ["", "seat:seat-2", "12345", f"station:{NORTH}"]
    assert [button["value"] for button in page.select("#steer button")] == ["consult", "pass", "join"]


@pytest.mark.parametrize(
    ("to", "number", "kept"),
    [
        ("seat:seat-2", "", ("seat", "seat-2", "")),
        (f"station:{NORTH}", "", ("station", NORTH, "02457612345")),
        ("12345", "", ("12345", "12345", "12345")),
        ("", "+86 139-8765-0009", ("number", "", "13987650009")),
        ("12345", "12333", ("number", "", "12333")),
    ],
)
def test_what_is_wanted_is_kept_with_whom_and_by_whom(
    agent: Any, city: City, talking: Call, to: str, number: str, kept: tuple[str, str, str]
):
    take_seat(city.owner, "seat-2")
    city.stations[NORTH].phone = "024-57612345"
    city.stations[NORTH].save()
    client = signed_in(agent)
    assert "正在呼叫" in words(want(client, "consult", to=to, number=number))
    command = SeatCommand.objects.get()
    assert (command.target, command.to, command.number) == kept
    assert (command.worker, command.call, command.state) == (agent.worker, talking, "asked")
    # While one is called there is no list, only: not any more, or leave them to it.
    values = [button["value"] for button in soup(client.get("/seat/")).select("#steer button")]
    assert values == ["leave", "back"]


@pytest.mark.parametrize(
    "bad",
    [
        {"what": "pass"}, {"what": "pass", "to": "seat:seat-9"}, {"what": "pass", "to": "seat:seat-1"},
        {"what": "pass", "to": "station:nowhere"}, {"what": "pass", "number": "+1 202 555 0100"},
        {"what": "pass", "number": "16812345"}, {"what": "join", "number": "x" * 4000}, {"what": "dance"},
        {"what": "dial", "number": "13987650009"}, {"what": ""}, {"what": "pass", "number": "0" * 12},
        {"what": "pass", "number": "110;rm"}, {"what": "pass", "to": "seat:"}, {"what": "x" * 99},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_not_done(agent: Any, talking: Call, bad: dict[str, str]):
    client = signed_in(agent)
    assert soup(client.post(reverse("seat:want"), bad, **HTMX)).select("[role=alert]")
    assert client.post(reverse("seat:want"), bad).status_code == 302
    assert not SeatCommand.objects.exists()


def test_only_who_talks_may_want_anything(agent: Any, city: City):
    client = signed_in(agent)
    assert client.post(reverse("seat:want"), {"what": "pass", "to": "12345"}).status_code == 302
    take_seat(agent.worker)
    call = make_call("queued", "ringing", "answered", seat="seat-2")
    put_through(call, take_seat(city.owner, "seat-2"))
    assert "这时没有在通话" in words(want(client, "pass", to="12345"))
    assert not SeatCommand.objects.exists()


@pytest.mark.parametrize(
    ("state", "why", "says"),
    [
        ("ringing", "", "正在呼叫12345 热线"), ("talking", "", "来电人在听音乐"),
        ("failed", "busy", "对方占线。来电人还在线上"), ("refused", "hung_up", "来电人已挂断"),
        ("done", "", "已完成"),
    ],
)  # fmt: skip
def test_what_became_of_it_is_said_in_a_sentence(agent: Any, talking: Call, state: str, why: str, says: str):
    client = signed_in(agent)
    want(client, "consult", to="12345")
    before = strip(Seat.objects.get(), CITY, timezone.now())
    command = SeatCommand.objects.get()
    switch.reply(by=SYSTEM, command=command.pk, state=CommandState(state), at=timezone.now(), why=why)
    after = strip(Seat.objects.get(), CITY, timezone.now())
    assert before.steer != after.steer and before.version != after.version
    assert says in words(client.get(reverse("seat:steer")))
    # What is over stays so.
    switch.reply(by=SYSTEM, command=command.pk, state=CommandState.RINGING, at=timezone.now())
    command.refresh_from_db()
    assert command.state == ("ringing" if state in ("ringing", "talking") else state)


def test_a_promised_call_back_is_one_click_and_bound_to_its_matter(agent: Any):
    promised = make_call("queued", "promised", "ended", why="line")
    client = signed_in(agent)
    assert not soup(client.get("/seat/")).select("[name=call]")
    take_seat(agent.worker)
    button = soup(client.get("/seat/")).select_one("button[name=call]")
    client.post(reverse("seat:dial"), {"call": button["value"]})
    call = Call.objects.get(is_out=True)
    assert (call.case_id, call.phone, call.worker) == (promised.case_id, PHONE, agent.worker)
    command = SeatCommand.objects.get()
    assert (command.what, command.number, command.call) == ("dial", PHONE, call)
    assert CallEvent.objects.get(call=call).kind == Step.OFFERED
    # Twice is once: the first is not followed yet.
    assert "请先收尾" in words(client.post(reverse("seat:dial"), {"call": button["value"]}, **HTMX))
    assert Call.objects.filter(is_out=True).count() == 1


@pytest.mark.parametrize("number", ["", "abc", "+1 202 555 0100", "00861", "9" * 50, "1" * 11])
def test_a_number_that_cannot_be_dialled(agent: Any, number: str):
    take_seat(agent.worker)
    client = signed_in(agent)
    assert "这个号码不能拨" in words(client.post(reverse("seat:dial"), {"number": number}, **HTMX))
    assert not Call.objects.exists()


def test_nobody_calls_out_without_a_telephone_or_for_a_call_of_others(agent: Any, city: City):
    client = signed_in(agent)
    other = make_call("queued", "promised", "ended", why="line")
    take_seat(agent.worker, "desk-1", "none")
    assert not soup(client.get("/seat/")).select("#steer")
    assert "第二屏没有电话" in words(client.post(reverse("seat:dial"), {"number": PHONE}, **HTMX))
    for pk in ("0", "9" * 40, str(other.pk + 1)):
        assert client.post(reverse("seat:dial"), {"call": pk}).status_code == 404


def test_the_strip_and_the_panel_ask_little(agent: Any, talking: Call, django_assert_max_num_queries: Any):
    client = signed_in(agent)
    want(client, "consult", to="12345")
    at = soup(client.get(reverse("seat:strip"))).select_one("#strip")["hx-get"]
    with django_assert_max_num_queries(10):
        assert client.get(at).status_code == 204
    with django_assert_max_num_queries(11):
        client.get(reverse("seat:steer"))


def test_the_call_tells_how_it_went_and_whose_order_it_is(agent: Any, city: City, talking: Call):
    case = make_case()
    partner = city.partner
    for _n in range(2):
        arrivals.expect_call(by=partner.actor, partner=partner, number=PHONE, order=case.number)
    assert ExpectedCall.objects.count() == 1
    assert arrivals.bring_order(by=SYSTEM, key=talking.channel, order="") is not None
    client = signed_in(agent)
    want(client, "pass", to="12345")
    page = words(client.get(reverse("seat:call", args=[talking.pk])))
    assert f"对方工单号 {case.number}" in page and "接通后接着办" in page
    assert "这通电话的经过" in page and "柳青：直接转接 12345 热线" in page


def test_who_passed_a_call_on_still_finds_it_and_who_took_it_over_has_it(
    agent: Any, city: City, talking: Call
):
    take_seat(city.owner, "seat-2")
    switch.note(by=SYSTEM, key=talking.channel, step=Step.TRANSFERRED, at=timezone.now(), seat="seat-2")
    talking.refresh_from_db()
    assert (talking.giver, talking.worker, talking.seat) == (agent.worker, city.owner, "seat-2")
    client = signed_in(agent)
    assert client.get(reverse("seat:call", args=[talking.pk])).status_code == 200
    assert reverse("seat:call", args=[talking.pk]) in client.get("/seat/").content.decode()


@pytest.mark.parametrize(("digit", "grade"), [("1", 5), ("5", 1), ("3", 3)])
def test_a_key_is_a_grade_once(talking: Call, digit: str, grade: int):
    assert ratings.grade_call(by=RESIDENT, key=talking.channel, digit=digit)
    assert ratings.grade_call(by=RESIDENT, key=talking.channel, digit="2") is None
    talking.refresh_from_db()
    assert talking.grade == grade


@pytest.mark.parametrize("digit", ["0", "6", "#", "", "12", "x"])
def test_another_key_is_none(talking: Call, digit: str):
    assert ratings.grade_call(by=RESIDENT, key=talking.channel, digit=digit) is None
    assert ratings.grade_call(by=RESIDENT, key="nobody", digit="1") is None


def test_a_seat_that_has_nobody_shows_nothing_to_steer(agent: Any):
    page = soup(signed_in(agent).get("/seat/"))
    assert not page.select("#steer")
    assert signed_in(agent).get(reverse("seat:steer")).headers["HX-Refresh"] == "true"
