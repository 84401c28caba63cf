"""Home visits on the page: the sheet of the day, met and not met."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.places.models import Station
from mingbai.visits.actions.records import not_met
from mingbai.visits.models import Visit
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, City
from tests.visits.factories import (
    NAME,
    PHONE,
    ahead,
    make_booking,
    make_home_visits,
    moment_at,
    on_working_days,
)
from tests.web.desk.pages import errors, queries, signed_in, words

pytestmark = pytest.mark.django_db
HOMES = "/desk/door/homes/"


@pytest.fixture
def visit(city: City) -> Visit:
    opening = on_working_days(
        city, kind="home", receives="公证员", lines=("notary",), starts=time(13), ends=time(17)
    )
    who = Visitor(name=NAME, phone=PHONE, text="立遗嘱", place="永宁街 6 号 3 单元")
    later = Visitor(name="钱老太", place="站前街 1 号")
    make_booking(opening, moment_at(ahead(), 15), line="notary", visitor=later)
    return make_booking(opening, moment_at(ahead(), 13), line="notary", visitor=who)


def test_the_sheet_has_who_goes_where_and_when_in_order(city: City, visit: Visit):
    client = signed_in(city.bob)
    page = client.get(HOMES, {"on": f"{visit.on}"})
    text = words(page)
    assert text.index("永宁街 6 号 3 单元") < text.index("站前街 1 号") and "公证员" in text
    assert "立遗嘱" in text and PHONE not in page.content.decode()
    assert "没见到人" not in text, "not before its time"
    assert "没有上门的" in words(client.get(HOMES, {"on": "2001-01-01"}))
    assert queries(client, f"{HOMES}?on={visit.on}") <= 20


def test_an_address_is_not_for_who_only_looks(city: City, visit: Visit):
    page = signed_in(city.users["leader"]).get(HOMES, {"on": f"{visit.on}"})
    assert "永宁街" not in page.content.decode()
    assert "永宁街" not in signed_in(city.charlie).get(HOMES, {"on": f"{visit.on}"}).content.decode()


def test_nobody_was_there(city: City, visit: Visit):
    client, url = signed_in(city.bob), f"/desk/door/visits/{visit.pk}/missed/"
    assert "还没有到约定的时间" in words(client.post(url, {"reason": "敲门无人应"}))
    assert errors(client.post(url, {"reason": ""}))
    Visit.objects.filter(pk=visit.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    client.post(url, {"reason": "敲门无人应"})
    visit.refresh_from_db()
    assert (visit.state, visit.reason) == ("no_show", "敲门无人应")
    with pytest.raises(Refused) as refused:
        not_met(by=SYSTEM, visit=visit, reason="又一次")
    assert refused.value.code == "not_open"


@pytest.mark.parametrize("on", ["x", "", "9999-99-99"])
def test_a_day_that_is_none_is_today(city: City, on: Any):
    assert signed_in(city.bob).get(HOMES, {"on": on}).status_code == 200


# ── the tour ──


@pytest.fixture
def homes(city: City) -> list[Visit]:
    return make_home_visits(city, ["41.95,123.95", "41.88,123.95", ""])


def order_url(visit: Visit, what: str) -> str:
    return f"{HOMES}{visit.opening_id}/{visit.on}/{what}/"


def test_a_tour_is_ordered_and_moved_by_hand_and_says_what_it_does_not_know(city: City, homes: list[Visit]):
    client, url = signed_in(city.bob), f"{HOMES}?on={homes[0].on}"
    page = words(client.get(url))
    assert "还没有排进去" in page and "1 家没有坐标" in page and "站点没有登记坐标" in page
    page = words(client.post(order_url(homes[0], "order"), follow=True))
    assert "排好了" in page and "还没有排进去" not in page and "公里" in page and "1.324" in page
    client.post(f"/desk/door/visits/{homes[2].pk}/turn/", {"to": "1"})
    page = words(client.get(url))
    assert page.index("永宁街 3 号") < min(page.index("永宁街 1 号"), page.index("永宁街 2 号"))
    assert queries(client, url) <= 20


@pytest.mark.parametrize("to", ["", "x", "-1", "9999", "1e3"])
def test_a_place_in_the_tour_that_is_none_changes_nothing(city: City, homes: list[Visit], to: str):
    client = signed_in(city.bob)
    assert client.post(f"/desk/door/visits/{homes[0].pk}/turn/", {"to": to}).status_code == 302
    assert not Visit.objects.filter(tour_seq__isnull=False).exists()


@pytest.mark.parametrize(("on", "status"), [("2001-01-01", 404), ("x", 404), ("9999-99-99", 404)])
def test_a_day_without_a_tour_has_no_sheet(city: City, homes: list[Visit], on: str, status: int):
    client = signed_in(city.bob)
    assert client.post(f"{HOMES}{homes[0].opening_id}/{on}/sheet/").status_code == status


def test_where_a_home_is_is_typed_or_taken_from_a_station(city: City, homes: list[Visit]):
    client, url = signed_in(city.bob), f"/desk/door/visits/{homes[2].pk}/spot/"
    assert "纬度" in errors(client.post(url, {"spot": "永宁街"}))
    client.post(url, {"spot": "41.9,123.9"})
    homes[2].refresh_from_db()
    assert homes[2].spot == "41.900000,123.900000"
    Station.objects.filter(pk=NORTH).update(latitude="41.87", longitude="123.95")
    client.post(url, {"spot": "", "near": NORTH})
    homes[2].refresh_from_db()
    assert homes[2].spot == "41.870000,123.950000"


def test_the_sheet_names_them_and_each_look_is_kept(city: City, homes: list[Visit]):
    page = signed_in(city.bob).post(order_url(homes[0], "sheet"))
    assert NAME in words(page) and PHONE in words(page) and "永宁街 2 号" in words(page)
    looks = Entry.objects.filter(verb="visit.person_shown")
    assert {entry.chain for entry in looks} == {visit.chain for visit in homes}


@pytest.mark.parametrize("what", ["order", "sheet", "pack"])
def test_a_tour_is_not_for_others(city: City, homes: list[Visit], what: str):
    url = order_url(homes[0], what)
    assert signed_in(city.charlie).post(url).status_code == 404
    assert signed_in(city.users["leader"]).post(url).status_code == 403
    assert not Entry.objects.filter(verb="visit.person_shown").exists()


# ── on the phone ──


def test_the_page_that_the_phone_keeps_names_nobody(city: City, homes: list[Visit]):
    client = signed_in(city.bob)
    shell, tours = client.get("/desk/door/tour/"), client.get("/desk/door/tour/today/")
    for page in (shell, tours):
        text = page.content.decode()
        assert NAME not in text and PHONE not in text and "永宁街" not in text
    assert tours.json()["tours"][0]["homes"] == 3
    pack = client.post(order_url(homes[0], "pack")).json()
    assert {stop["phone"] for stop in pack["stops"]} == {PHONE} and len(pack["stops"]) == 3
    assert shell["X-Keep-Page"] == "1"


def test_what_waited_on_a_phone_is_taken_once_with_its_own_time(city: City, homes: list[Visit]):
    client, kept = signed_in(city.bob), {"x-kept": "1"}
    served, missed = (
        f"/desk/door/visits/{homes[n].pk}/{what}/" for n, what in ((0, "served"), (1, "missed"))
    )
    at = timezone.now() - timedelta(seconds=1)
    done = {
        "line": "notary",
        "outcome": "accepted",
        "said": "公证书已签",
        "key": "a" * 32,
        "at": at.isoformat(),
    }
    for _n in range(2):
        assert client.post(served, done, headers=kept).json()["taken"]
        assert client.post(missed, {"reason": "锁着门", "key": "b" * 32}, headers=kept).json()["taken"]
    first, second = (Visit.objects.get(pk=homes[n].pk) for n in (0, 1))
    assert (first.state, first.said, second.state) == ("served", "公证书已签", "no_show")
    assert first.ended_at is not None and first.written_at <= first.ended_at <= timezone.now()
    assert Entry.objects.filter(verb="visit.served").count() == 1
    answer = client.post(served, {**done, "key": "c" * 32}, headers=kept)
    assert answer.status_code == 422 and "已经办完" in answer.json()["said"]


@pytest.mark.parametrize("at", ["1990-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "x", "2026-13-01", ""])
def test_a_phone_with_a_wrong_clock_bends_nothing(city: City, homes: list[Visit], at: str):
    sent = {"line": "notary", "outcome": "accepted", "key": "a" * 32, "at": at}
    url = f"/desk/door/visits/{homes[0].pk}/served/"
    signed_in(city.bob).post(url, sent, headers={"x-kept": "1"})
    visit = Visit.objects.get(pk=homes[0].pk)
    assert visit.ended_at is not None and visit.written_at <= visit.ended_at <= timezone.now()


@pytest.mark.parametrize("more", [{"line": ""}, {"outcome": "x"}, {"said": "长" * 4001}])
def test_bad_input_from_a_phone_is_kept_there_with_the_reason(city: City, homes: list[Visit], more: Any):
    sent = {"line": "notary", "outcome": "accepted", "key": "a" * 32, **more}
    url = f"/desk/door/visits/{homes[0].pk}/served/"
    answer = signed_in(city.bob).post(url, sent, headers={"x-kept": "1"})
    assert answer.status_code == 422 and answer.json()["said"]
