"""The seat's pages: hand-over sheet, taking a seat, the strip, a call with its form and its four ends."""

from typing import Any

import pytest
from django.urls import reverse

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import recordings, switch
from mingbai.hotline.enums import Busy
from mingbai.hotline.models import Call, Seat
from mingbai.journal.queries import history
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, TOWN, City, make_case, make_city
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
def with_exchange(settings: Any) -> None:
    settings.PBX_URL, settings.PBX_SEATS, settings.PBX_PHONES = "http://127.0.0.1:9", 2, 1


def post(client: Any, where: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"seat:{where}", args=args), data)


def form_of(call: Call, client: Any, **more: str) -> dict[str, str]:
    page = soup(client.get(reverse("seat:call", args=[call.pk])))
    key = page.select_one("[name=key]")["value"]
    return {
        "key": key, "channel": "hotline", "told": "phone", "phone": PHONE, "kind": "consultation",
        "text": "老板三个月没发工资，怎么要回来？", "county": NORTH, "town": TOWN, "ending": "answer",
        "answer": "先到劳动监察投诉。",
    } | more  # fmt: skip


def test_the_sheet_comes_first_then_a_seat(agent: Any, with_exchange: None):
    client = signed_in(agent)
    make_call("queued", "promised", "ended", why="line")
    page = client.get("/seat/")
    assert "承诺回电" in words(page) and "还没有人接办" in words(page)
    names = [option["value"] for option in soup(page).select("[name=name] option")]
    assert names == ["seat-1", "seat-2", "phone-1", "desk-1"]
    assert post(client, "in", name="seat-1").status_code == 302
    page = soup(client.get("/seat/"))
    phone = page.select_one("#softphone")
    assert phone["data-name"] == "seat-1" and phone["data-secret"] and phone["data-url"].endswith("/pbx/ws")
    assert "处理办件" in page.select_one(".s-strip__state").text


def test_without_an_exchange_there_is_the_second_screen(agent: Any):
    client = signed_in(agent)
    names = [option["value"] for option in soup(client.get("/seat/")).select("[name=name] option")]
    assert names == ["desk-1"]
    post(client, "in", name="desk-1")
    page = client.get("/seat/")
    assert not soup(page).select("#softphone") and "电话交换机联系不上" not in words(page)
    make_case(phone=PHONE)
    answer = client.post(reverse("seat:number"), {"number": " 139 8765 0001 "}, **HTMX)
    assert soup(answer).select_one("[name=phone]")["value"] and "以前来过" in words(answer)
    assert not Call.objects.exists()


@pytest.mark.parametrize("name", ["seat-1", "seat-99", "", "x" * 300, "desk-2"])
def test_a_seat_that_is_not_offered_is_not_taken(agent: Any, name: str):
    answer = post(signed_in(agent), "in", name=name)
    assert answer.status_code == 400 and not Seat.objects.exclude(worker=None).exists()


def test_who_is_not_in_the_register_takes_no_seat(city: City):
    client = signed_in(make_user(RoleCode.HOTLINE_AGENT, station=city.stations[CITY]))
    assert "登记为热线值班人员" in words(client.get("/seat/"))
    for name in ("in", "out", "say"):
        assert post(client, name, name="desk-1", state="ready").status_code == 302
    assert not Seat.objects.exists()


def test_ready_pause_and_leave(agent: Any):
    client = signed_in(agent)
    post(client, "in", name="desk-1")
    answer = client.post(reverse("seat:say"), {"state": "ready"}, **HTMX)
    assert soup(answer).select_one("#strip b").text == "就绪"
    post(client, "say", state="pause", reason="meal")
    assert Seat.objects.get().reason == "meal"
    assert "请说明小休的原因" in words(client.post(reverse("seat:say"), {"state": "pause"}, follow=True))
    post(client, "out")
    assert Seat.objects.get().worker_id is None


def test_the_strip_is_silent_until_something_changes(agent: Any, django_assert_max_num_queries: Any):
    client = signed_in(agent)
    take_seat(agent.worker)
    strip = soup(client.get(reverse("seat:strip"))).select_one("#strip")
    with django_assert_max_num_queries(9):
        assert client.get(strip["hx-get"]).status_code == 204
    call = make_call("queued", "ringing", seat="seat-1")
    put_through(call, Seat.objects.get(), Busy.RINGING)
    again = soup(client.get(strip["hx-get"])).select_one("#strip")
    assert again["data-call"] == reverse("seat:call", args=[call.pk]) and again["data-busy"] == "ringing"
    assert "1 人在等" in again.text and PHONE not in str(again)


def test_a_page_whose_seat_was_left_elsewhere_begins_anew(agent: Any):
    client = signed_in(agent)
    answer = client.get(reverse("seat:strip"))
    assert answer["HX-Refresh"] == "true" and not answer.content
    assert client.post(reverse("seat:say"), {"state": "ready"}, **HTMX)["HX-Refresh"] == "true"


def test_a_locked_session_hears_the_line_and_sees_no_caller(agent: Any):
    client = signed_in(agent)
    put_through(make_call("queued"), take_seat(agent.worker), Busy.RINGING)
    session = client.session
    session["locked"] = True
    session.save()
    answer = client.get(reverse("seat:strip"))
    assert answer.status_code == 200 and PHONE not in answer.content.decode()
    assert client.get(reverse("seat:call", args=[Call.objects.get().pk])).status_code == 302


def test_the_form_is_open_from_the_first_ring_with_the_earlier_matters(agent: Any):
    before = make_case(phone=PHONE, keep_at=CITY)
    call = make_call("queued", "ringing", seat="seat-1")
    put_through(call, take_seat(agent.worker), Busy.RINGING)
    page = signed_in(agent).get(reverse("seat:call", args=[call.pk]), **HTMX)
    assert before.summary[:8] in words(page) and soup(page).select_one("[name=phone]")["value"] == PHONE
    assert soup(page).select_one("#useful") and not soup(page).select("html nav")


def test_an_answered_call_becomes_its_matter_and_the_seat_is_free(agent: Any):
    client, call = signed_in(agent), make_call("queued")
    seat = take_seat(agent.worker)
    put_through(call, seat)
    switch.note(by=SYSTEM, key=call.channel, step="answered", at=call.queued_at, seat="seat-1")
    put_through(call, seat, Busy.WRAP)
    data = form_of(call, client, aid_told="1")
    answer = client.post(reverse("seat:call", args=[call.pk]), data)
    case = Case.objects.get()
    assert answer.url == reverse("desk:given", args=[case.number])
    call.refresh_from_db(), seat.refresh_from_db()
    assert (call.case, case.state, Call.objects.count()) == (case, "closed", 1)
    assert call.aid_told_at and call.wrapped_at and seat.busy == Busy.FREE
    # Sent twice, it is one matter; within the page it is answered in place.
    assert client.post(reverse("seat:call", args=[call.pk]), data).status_code == 302
    again = client.post(reverse("seat:call", args=[call.pk]), data, **HTMX)
    assert case.number in words(again).replace(" ", "") and "把编号念给他听" in words(again)
    assert Case.objects.count() == 1


def test_a_call_is_handed_on_to_the_station_of_its_place(agent: Any):
    client, call = signed_in(agent), make_call("answered", "ended", seat="seat-1")
    put_through(call, take_seat(agent.worker), Busy.WRAP)
    client.post(reverse("seat:call", args=[call.pk]), form_of(call, client, ending="route", answer=""))
    case = Case.objects.get()
    assert case.station_id != CITY and case.state == "received" and case.calls.get() == call


def test_what_is_wrong_in_the_form_stays_written(agent: Any):
    client, call = signed_in(agent), make_call("answered", "ended")
    put_through(call, take_seat(agent.worker), Busy.WRAP)
    data = form_of(call, client, answer="")
    page = client.post(reverse("seat:call", args=[call.pk]), data)
    assert "请写下当场怎么答的" in words(page) and data["text"] in page.content.decode()
    assert not Case.objects.exists() and Seat.objects.get().busy == Busy.WRAP


def test_what_the_text_proposes_is_taken_in_the_form_of_the_call(agent: Any):
    """Taken while it still rings; the form stays the call's, which a matter of its own would leave empty."""
    client, call = signed_in(agent), make_call("queued", "ringing", seat="seat-1")
    put_through(call, take_seat(agent.worker), Busy.RINGING)
    where, text = reverse("seat:call", args=[call.pk]), "没钱请律师，想申请法律援助"
    shown = soup(
        client.post("/desk/new/proposed/", form_of(call, client, text=text) | {"call": str(call.pk)})
    )
    button = shown.select_one("button[data-alt-key='1']")
    assert (button["value"], button["hx-post"]) == ("kind:legal_aid", where)
    data = form_of(call, client, text=text, take=button["value"], aid_told="1")
    page = soup(client.post(where, data, **HTMX))
    assert page.select_one("form.d-new")["action"] == where and not page.select("html nav")
    assert page.select_one("#id_kind option[selected]")["value"] == "legal_aid"
    assert page.select_one("[name=aid_told]").has_attr("checked")
    assert page.select_one("#id_text").text.strip() == text and not Case.objects.exists()


@pytest.mark.parametrize("pk", ["", "x", "²", "-1", "9" * 40, "1 or 1=1"])
def test_a_call_that_is_no_number_leaves_the_proposals_at_the_desk(agent: Any, pk: str):
    shown = soup(signed_in(agent).post("/desk/new/proposed/", {"text": "公司拖欠工资，想离婚", "call": pk}))
    assert {one["hx-post"] for one in shown.select("button[name=take]")} == {"/desk/new/"}


def test_a_matter_is_saved_for_no_call_that_nobody_answered(agent: Any):
    client, call = signed_in(agent), make_call("queued")
    put_through(call, take_seat(agent.worker), Busy.RINGING)
    page = client.post(reverse("seat:call", args=[call.pk]), form_of(call, client))
    assert "还没有接通" in words(page) and not Case.objects.exists()


@pytest.mark.parametrize(
    ("what", "kept"), [("wrong", "wrong"), ("silent", "silent"), ("", ""), ("x" * 99, "")]
)
def test_no_matter_is_one_key(agent: Any, what: str, kept: str):
    client, call = signed_in(agent), make_call("answered", "ended", seat="seat-1")
    put_through(call, take_seat(agent.worker), Busy.WRAP)
    assert post(client, "none", call.pk, what=what).status_code == 302
    call.refresh_from_db()
    assert call.no_matter == kept and (Seat.objects.get().busy == Busy.FREE) == bool(kept)


def test_told_of_legal_aid(agent: Any):
    client, call = signed_in(agent), make_call("answered", seat="seat-1")
    put_through(call, take_seat(agent.worker))
    post(client, "aid", call.pk)
    assert Call.objects.get().aid_told_at


def test_legal_aid_is_applied_for_in_the_call(agent: Any, city: City):
    """The agent writes down what is told: one number, the application's row, the seven days, who speaks."""
    client, call = signed_in(agent), make_call("answered", seat="seat-1")
    put_through(call, take_seat(agent.worker))
    told = form_of(call, client, ending="route", answer="", kind="legal_aid", name="赵大山")
    client.post(reverse("seat:call", args=[call.pk]), told)
    case = Case.objects.get()
    assert (case.kind, case.stage, case.channel, case.aid.matter) == ("legal_aid", "applied", "hotline", "")
    assert case.speaker and (case.speaker.name, case.speaker.phone) == ("赵大山", PHONE)
    assert case.clocks.filter(rule__code="legal_aid_decision", done_at=None).count() == 1
    assert Call.objects.get().case == case


def test_a_recording_is_heard_by_who_answered_and_stands_in_the_journal(agent: Any, city: City):
    take_seat(agent.worker)
    call = make_call("answered", "ended", seat="seat-1")
    switch.expect_recording(by=SYSTEM, key=call.channel)
    recordings.keep_recording(by=SYSTEM, call=Call.objects.get(), content=b"RIFF1234")
    answer = post(signed_in(agent), "recording", call.pk)
    assert (answer.content, answer["Content-Type"]) == (b"RIFF1234", "audio/wav")
    last = list(history(call.chain))[-1]
    assert (last.verb, last.actor) == ("call.recording_opened", agent.actor.code)
    other = make_user(
        RoleCode.HOTLINE_AGENT, station=city.stations[CITY], worker=make_worker(city.stations[CITY], "别人")
    )
    assert post(signed_in(other), "recording", call.pk).status_code == 403


def test_a_call_elsewhere_is_not_there(agent: Any, city: City):
    call = make_call("answered", "ended")
    stranger = signed_in(city.charlie)
    for name in ("call", "none", "aid", "recording"):
        url = reverse(f"seat:{name}", args=[call.pk])
        assert stranger.post(url).status_code == 404


def test_who_works_elsewhere_takes_no_seat_of_the_city_and_ends_no_call_of_it(
    city: City, with_exchange: None
):
    station = city.stations[NORTH]
    user = make_user(RoleCode.WINDOW_CLERK, station=station, worker=make_worker(station, "县里人"))
    client = signed_in(user)
    assert post(client, "in", name="seat-1").status_code == 403 and not Seat.objects.staffed()
    call = make_call("answered", "ended")
    promised = make_call("queued", "promised", "ended", why="line")
    assert "承诺回电" not in words(client.get("/seat/")), "the sheet is the line's own"
    Call.objects.filter(pk=call.pk).update(region=station.region)
    keeper = signed_in(make_user(RoleCode.STATION_MANAGER, region=city.regions[NORTH], username="county"))
    assert keeper.get(reverse("seat:call", args=[call.pk])).status_code == 200, "of their region: seen"
    for name in ("call", "none", "aid"):
        assert post(keeper, name, call.pk, what="wrong").status_code == 403
    call.refresh_from_db()
    assert promised.pk and (call.no_matter, call.aid_told_at) == ("", None)
