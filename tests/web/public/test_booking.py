"""A time by appointment on the phone and at the kiosk: booked, moved, cancelled, rated, no account."""

from typing import Any

import pytest
from django.test import Client

from mingbai.core.actor import SYSTEM
from mingbai.visits.actions import openings
from mingbai.visits.actions.records import Note, serve
from mingbai.visits.models import Visit
from mingbai.visits.queries.slots import next_of
from mingbai.visits.rules.visits import Visitor
from mingbai.web.door.reach import stamp
from tests.cases.factories import NORTH, SOUTH, City, make_city
from tests.visits.factories import NAME, PHONE, ahead, make_booking, moment_at, on_working_days
from tests.web.desk.pages import errors, queries, soup, words

pytestmark = pytest.mark.django_db
KEY = "0" * 32


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def sent(**more: Any) -> dict[str, Any]:
    return {"line": "consultation", "phone": PHONE, "name": NAME, "key": KEY, **more}


@pytest.mark.parametrize(("face", "channel"), [("", "web"), ("/kiosk", "kiosk")])
def test_from_finding_to_rating(city: City, face: str, channel: str):
    opening, client = on_working_days(city), Client()
    page = client.get(f"{face}/book/", {"line": "consultation"})
    link = soup(page).select_one(".v-times a")
    assert link is not None and link["href"].startswith(f"{face}/book/{opening.pk}-")
    page = client.post(link["href"], sent(), follow=True)
    visit = Visit.objects.get()
    assert visit.channel == channel and page.redirect_chain[-1][0] == f"{face}/visit/{visit.code}/"
    assert visit.code[:4] in words(page)
    text = page.content.decode()
    assert NAME not in text and PHONE not in text, "whoever finds the paper learns no name"

    times = soup(client.get(f"{face}/visit/{visit.code}/move/")).select("button[name=slot]")
    client.post(f"{face}/visit/{visit.code}/move/", {"slot": times[3]["value"]})
    before = visit.starts_at
    visit.refresh_from_db()
    assert visit.starts_at != before

    serve(by=city.bob.actor, visit=visit, note=Note("consultation", "answered"))
    page = client.post(f"{face}/visit/{visit.code}/rate/", {"grade": "5"}, follow=True)
    assert "非常满意" in words(page)
    visit.refresh_from_db()
    assert visit.grade == 5
    assert "已经评价过" in words(client.post(f"{face}/visit/{visit.code}/rate/", {"grade": "1"}, follow=True))


def test_cancelling_asks_first_and_frees_the_time(city: City):
    opening, client = on_working_days(city), Client()
    visit = make_booking(opening, moment_at(ahead(), 9))
    assert "取消这个预约" in words(client.get(f"/visit/{visit.code}/cancel/"))
    visit.refresh_from_db()
    assert visit.state == "booked"
    client.post(f"/visit/{visit.code}/cancel/")
    visit.refresh_from_db()
    assert visit.state == "cancelled" and make_booking(opening, moment_at(ahead(), 9))
    assert "已经办完或取消" in words(client.post(f"/visit/{visit.code}/cancel/", follow=True))


def test_the_second_of_two_is_offered_other_times_with_what_was_typed(city: City):
    opening = on_working_days(city)
    [slot, *_rest] = next_of([opening])
    make_booking(opening, slot.starts_at, visitor=Visitor(name="先到的"))
    page = Client().post(f"/book/{stamp(slot)}/", sent())
    assert "被别人约走" in errors(page) and soup(page).select(".v-times a")
    name = soup(page).select_one("input[name=name]")
    assert name is not None and name["value"] == NAME


def test_sent_twice_is_one(city: City):
    [slot, *_rest] = next_of([on_working_days(city, capacity=5)])
    for _n in range(2):
        Client().post(f"/book/{stamp(slot)}/", sent())
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "more",
    [
        {"phone": ""},
        {"phone": "12"},
        {"line": "haircut"},
        {"line": "notary"},
        {"name": "赵" * 65},
        {"text": "\x00"},
    ],
)
def test_bad_input_is_said(city: City, more: dict[str, str]):
    [slot, *_rest] = next_of([on_working_days(city)])
    assert errors(Client().post(f"/book/{stamp(slot)}/", sent(**more))) and not Visit.objects.exists()


@pytest.mark.parametrize(
    "slot", ["x", "1", "1-", "999999-29000000", "-5", f"{'9' * 30}-1", "1-9999999999", "1-99999999999"]
)
def test_an_address_that_leads_nowhere_is_not_there(city: City, slot: str):
    assert Client().get(f"/book/{slot}/").status_code == 404


def test_a_time_long_past_or_not_public_is_refused(city: City):
    opening = on_working_days(city)
    assert "不接待" in errors(Client().post(f"/book/{opening.pk}-25000000/", sent()))
    hidden = on_working_days(city, is_public=False)
    assert Client().get(f"/book/{hidden.pk}-29000000/").status_code == 404


@pytest.mark.parametrize("code", ["0" * 12, "abc", "1" * 40, "１２３４５６７８９０１２"])
def test_a_wrong_code_opens_nothing(city: City, code: str):
    client = Client()
    assert "没有这个预约码" in errors(client.post("/visit/", {"code": code}))
    for name in ("", "move/", "cancel/"):
        assert client.get(f"/visit/{code}/{name}").status_code == 404


@pytest.mark.parametrize("minutes", ["9999999999", "99999999", "0"])
def test_a_time_out_of_reach_is_no_time(city: City, minutes: str):
    opening = on_working_days(city)
    visit = make_booking(opening, moment_at(ahead(), 9))
    assert Client().get(f"/book/{opening.pk}-{minutes}/").status_code < 500
    moved = Client().post(f"/visit/{visit.code}/move/", {"slot": f"{opening.pk}-{minutes}"}, follow=True)
    visit.refresh_from_db()
    assert moved.status_code == 200 and visit.starts_at == moment_at(ahead(), 9)


def test_the_code_is_typed_with_spaces(city: City):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    spaced = " ".join(visit.code[at : at + 4] for at in (0, 4, 8))
    assert Client().post("/visit/", {"code": spaced}).url == f"/visit/{visit.code}/"


def test_who_lost_their_time_reads_so_and_chooses_another(city: City):
    opening = on_working_days(city)
    visit = make_booking(opening, moment_at(ahead(), 9))
    openings.break_off(by=SYSTEM, opening=opening, first_on=ahead(), last_on=ahead(), reason="开会")
    client = Client()
    assert "不能接待了" in words(client.get(f"/visit/{visit.code}/"))
    times = soup(client.get(f"/visit/{visit.code}/move/")).select("button[name=slot]")
    assert "不能接待了" not in words(
        client.post(f"/visit/{visit.code}/move/", {"slot": times[0]["value"]}, follow=True)
    )


def test_nobody_rates_before_the_service_nor_with_nonsense(city: City):
    visit = make_booking(on_working_days(city), moment_at(ahead(), 9))
    for grade in ("5", "9", "", "x", "-1"):
        assert Client().post(f"/visit/{visit.code}/rate/", {"grade": grade}).status_code == 302
    visit.refresh_from_db()
    assert visit.grade is None


def test_places_are_narrowed_and_cost_few_queries(city: City):
    on_working_days(city), on_working_days(city, station=SOUTH)
    page = words(Client().get("/book/", {"county": SOUTH, "kind": "booking"}))
    assert city.stations[SOUTH].name in page and city.stations[NORTH].name not in page
    assert queries(Client(), "/book/") <= 12
    assert Client().get("/book/", {"kind": "party", "line": "x", "county": "9"}).status_code == 200


def test_a_reception_asks_for_the_matter(city: City):
    opening = on_working_days(city, kind="reception", receives="局领导", lines=())
    [slot, *_rest] = next_of([opening])
    assert errors(Client().post(f"/book/{stamp(slot)}/", {"phone": PHONE}))
    Client().post(f"/book/{stamp(slot)}/", {"phone": PHONE, "text": "公证次数太少"})
    assert Visit.objects.get().kind == "reception"
