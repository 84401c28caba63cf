"""A day in the hall on the pages: kiosk, windows, displays; what the public sees names nobody."""

from datetime import datetime, time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places import actions as places
from mingbai.places.rules import HoursRow
from mingbai.visits.actions import tickets
from mingbai.visits.models import Visit
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, SOUTH, City
from tests.visits.factories import EVERY_DAY, NAME, PHONE, make_booking, make_opening
from tests.web.desk.pages import errors, queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
HOME, KEY = "/desk/door/", "0" * 32


@pytest.fixture(autouse=True)
def _open_day_and_night(city: City) -> None:
    rows = [HoursRow(day, time(0), time(23, 59), on_days_off=True) for day in range(7)]
    for code in (NORTH, SOUTH):
        places.set_hours(by=SYSTEM, station=city.stations[code], hours=rows)


def give(city: City, **values: Any) -> Visit:
    wish = {"line": "consultation", "channel": "window", **values}
    return tickets.take_ticket(by=city.bob.actor, station=city.stations[NORTH], **wish)


def clerk(city: City, window: int = 3) -> Client:
    client = signed_in(city.bob)
    client.post(f"{HOME}sit/", {"window": str(window), "lines": ["consultation"]})
    return client


def test_from_kiosk_to_rating(city: City):
    kiosk, screen = Client(), f"/screen/{NORTH}/"
    assert "取号" in words(kiosk.get("/kiosk/", {"hall": NORTH})) and "取号" in words(kiosk.get("/kiosk/"))
    sent = {"line": "consultation", "priority": "elder", "key": KEY}
    for _n in range(2):
        page = kiosk.post(f"/kiosk/ticket/{NORTH}/", sent, follow=True)
    visit = Visit.objects.get()
    assert "A001" in words(page) and "下一位就是您" in words(page) and visit.channel == "kiosk"
    assert "A001" in words(Client().get(screen))

    client = clerk(city)
    page = client.post(f"{HOME}next/", follow=True)
    assert "A001" in words(page) and "再叫" in words(page)
    shown = soup(Client().get(f"{screen}now/")).select_one("[data-call]")
    assert shown is not None and "A001" in shown.text and "3 号窗口" in shown.text
    assert shown["data-say"] == "请 A 0 0 1 号，到 3 号窗口。"
    assert "请到 3 号窗口" in words(Client().get(f"/visit/{visit.code}/"))

    client.post(f"{HOME}visits/{visit.pk}/do/again/")
    again = soup(Client().get(f"{screen}now/")).select_one("[data-call]")
    assert again is not None and again["data-call"] != shown["data-call"], "spoken once more"

    client.post(f"{HOME}visits/{visit.pk}/served/", {"line": "consultation", "outcome": "answered"})
    assert "非常满意" in words(Client().get(f"/visit/{visit.code}/"))
    assert "A001" not in words(Client().get(f"{screen}now/"))


def test_where_no_printer_is_the_number_stands_on_the_screen(city: City):
    sent = {"line": "consultation", "priority": "", "key": KEY}
    page = Client().post(f"/kiosk/ticket/{NORTH}/", sent, follow=True)
    assert "A001" in words(page) and soup(page).select_one("button[data-print]")
    assert "没有打印出来也不要紧" in words(page)
    assert "打印" not in words(Client().get(f"/visit/{Visit.objects.get().code}/")), "a phone needs no slip"


def test_the_order_is_visible_and_each_verb_works(city: City):
    first, old = give(city), give(city, priority="elder")
    client = clerk(city)
    page = words(client.get(HOME))
    assert page.index("A002") < page.index("A001") and "老年人" in page
    client.post(f"{HOME}visits/{first.pk}/do/call/")
    client.post(f"{HOME}visits/{first.pk}/do/absent/")
    assert "过号" in words(client.get(HOME))
    client.post(f"{HOME}visits/{first.pk}/do/back/")
    client.post(f"{HOME}visits/{old.pk}/do/call/")
    client.post(f"{HOME}visits/{old.pk}/do/forward/", {"line": "notary", "window": "7"})
    old.refresh_from_db()
    assert (old.state, old.line, old.window, old.number) == ("waiting", "notary", 7, "A002")
    client.post(f"{HOME}visits/{first.pk}/do/leave/")
    first.refresh_from_db()
    assert first.state == "cancelled"


def test_a_booked_visitor_reports_and_is_in_the_queue(city: City):
    now = timezone.localtime()
    opening = make_opening(
        city, weekdays=EVERY_DAY, on_day_off="keep", starts=time(0), ends=time(23, 55), minutes=5
    )
    at = timezone.make_aware(datetime.combine(now.date(), time(23, 50)))
    visit = make_booking(opening, at)
    client = clerk(city)
    client.post(f"{HOME}visits/{visit.pk}/do/arrive/")
    assert (
        "Y001" in words(client.get(HOME)) and NAME not in Client().get(f"/screen/{NORTH}/").content.decode()
    )


@pytest.mark.parametrize("verb", ["call", "again", "absent", "back", "forward", "arrive", "dance"])
def test_what_cannot_be_done_is_said_and_changes_nothing(city: City, verb: str):
    visit, client = give(city), signed_in(city.bob)
    page = client.post(f"{HOME}visits/{visit.pk}/do/{verb}/", follow=True)
    visit.refresh_from_db()
    assert page.status_code == 200 and visit.state == "waiting"


@pytest.mark.parametrize("window", ["", "0", "100000", "x", "-1"])
def test_a_window_is_a_number(city: City, window: str):
    client = signed_in(city.bob)
    assert "1 到 99" in words(client.post(f"{HOME}sit/", {"window": window}, follow=True))
    assert "几号窗口" in words(client.post(f"{HOME}next/", follow=True))


def test_nobody_of_another_county_calls(city: City):
    visit = give(city)
    client = signed_in(city.charlie)
    client.post(f"{HOME}sit/", {"window": "1"})
    assert client.post(f"{HOME}visits/{visit.pk}/do/call/").status_code == 404
    visit.refresh_from_db()
    assert visit.state == "waiting"


def test_the_display_names_nobody_and_is_cheap(city: City):
    for n in range(5):
        give(city, visitor=Visitor(name=f"{NAME}{n}", phone=PHONE))
    tickets.call_next(by=city.bob.actor, station=city.stations[NORTH], window=1)
    text = Client().get(f"/screen/{NORTH}/").content.decode()
    assert NAME not in text and PHONE not in text and "A005" in text
    assert queries(Client(), f"/screen/{NORTH}/now/") <= 6
    assert queries(signed_in(city.bob), HOME) <= 30


@pytest.mark.parametrize("path", ["/screen/{}/", "/screen/{}/now/", "/ticket/{}/", "/kiosk/ticket/{}/"])
def test_a_hall_that_is_none_is_not_there(city: City, path: str):
    assert Client().get(path.format("999")).status_code == 404


@pytest.mark.parametrize("more", [{"line": ""}, {"line": "haircut"}, {"priority": "vip"}])
def test_bad_input_gives_no_number(city: City, more: dict[str, str]):
    sent = {"line": "consultation", "priority": "", "key": KEY, **more}
    assert errors(Client().post(f"/ticket/{NORTH}/", sent)) and not Visit.objects.exists()


def test_a_kiosk_in_no_hall_gives_no_numbers(city: City):
    assert "取号" not in words(Client().get("/kiosk/", {"hall": "nonsense"}))


def test_the_hall_is_set_by_who_keeps_the_roster(city: City):
    client = signed_in(city.alice)
    assert f"/screen/{NORTH}/" in words(client.get(f"{HOME}hall/"))
    client.post(f"{HOME}hall/", {"head_start": "0"})
    assert give_or_none(city) is None, "this hall calls without numbers"
    client.post(f"{HOME}hall/", {"has_tickets": "on", "head_start": "0", "speaks": "on"})
    one, elder = give(city), give(city, priority="elder")
    page = words(client.get(HOME))
    assert page.index(one.number) < page.index(elder.number), "nobody is put forward here"
    assert errors(client.post(f"{HOME}hall/", {"head_start": "121"}))
    assert signed_in(city.bob).get(f"{HOME}hall/").status_code == 403


def give_or_none(city: City) -> Visit | None:
    try:
        return give(city)
    except Refused as refused:
        assert refused.code == "no_tickets"
        return None
