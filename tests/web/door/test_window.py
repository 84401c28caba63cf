"""The display of one window: whose number, who serves; afterwards one rating, never on a clerk's screen."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.visits.actions import tickets
from mingbai.visits.actions.records import Note, record_visit, serve
from mingbai.visits.models import Opinion, Visit
from mingbai.visits.queries.queue import window_key
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import NORTH, SOUTH, City
from tests.visits.factories import NAME, PHONE
from tests.web.desk.pages import queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
HOME, SCREEN = "/desk/door/", f"/screen/{NORTH}/3/"
NOTE = Note(line="consultation", outcome="answered")


def tablet() -> Client:
    """Opened once with its key."""
    client = Client()
    assert client.get(SCREEN, {"key": window_key(NORTH, 3)}).url == SCREEN
    return client


def called(city: City) -> Visit:
    visit = tickets.take_ticket(
        by=city.bob.actor, station=city.stations[NORTH], line="consultation", channel="window", by_staff=True,
        visitor=Visitor(name=NAME, phone=PHONE),
    )  # fmt: skip
    return tickets.call_ticket(by=city.bob.actor, visit=visit, window=3, worker=city.bob.worker)


def served(city: City) -> Visit:
    return serve(by=city.bob.actor, visit=called(city), note=NOTE, worker=city.bob.worker)


def asked(client: Client) -> dict[str, str]:
    """What the form of the prompt sends, {} where nobody is asked."""
    found = soup(client.get(f"{SCREEN}now/")).select_one("input[name=visit]")
    return {"visit": str(found["value"])} if found else {}


def test_number_clerk_and_the_five_grades_afterwards(city: City):
    client, visit = tablet(), called(city)
    page = words(client.get(SCREEN))
    assert "3 号窗口" in page and visit.number in page and city.bob.worker.name in page and NAME not in page
    assert "非常满意" not in page
    serve(by=city.bob.actor, visit=visit, note=NOTE)
    page = client.get(f"{SCREEN}now/")
    assert "非常满意" in words(page) and "非常不满意" in words(page) and soup(page).select_one("svg.c-qr")
    done = client.post(f"{SCREEN}rate/", {**asked(client), "grade": "5"}, follow=True)
    assert "谢谢您的评价" in words(done)
    visit.refresh_from_db()
    assert visit.grade == 5 and not asked(client) and not Opinion.objects.exists()


def test_each_service_is_rated_once_by_tablet_or_phone(city: City):
    client, visit = tablet(), served(city)
    sent = asked(client)
    Client().post(f"/visit/{visit.code}/rate/", {"grade": "4"})
    assert "已经评价过" in words(client.post(f"{SCREEN}rate/", {**sent, "grade": "1"}, follow=True))
    visit.refresh_from_db()
    assert visit.grade == 4


def test_a_visit_without_a_number_is_rated_too(city: City):
    note = Note(line="consultation", outcome="answered", window=3)
    record_visit(by=city.bob.actor, station=city.stations[NORTH], note=note)
    client = tablet()
    client.post(f"{SCREEN}rate/", {**asked(client), "grade": "3"})
    assert Visit.objects.get().grade == 3


def test_a_bad_one_is_followed_with_owner_and_clock_and_by_nobody_twice(city: City):
    visit = served(city)
    for _n in range(2):
        Client().post(f"/visit/{visit.code}/rate/", {"grade": "1", "text": "等了两个钟头"})
    opinion = Opinion.objects.select_related("case__speaker").get()
    assert (opinion.source, opinion.visit, opinion.case.station_id) == ("rating", visit, NORTH)
    assert "等了两个钟头" in opinion.case.text and opinion.case.due_at is not None
    assert opinion.case.speaker and opinion.case.speaker.phone == PHONE and Case.objects.count() == 1


def test_never_on_a_clerks_screen(city: City):
    visit = served(city)
    client = signed_in(city.bob)
    client.get(SCREEN, {"key": window_key(NORTH, 3)})
    page = client.post(f"{SCREEN}rate/", {**asked(client), "grade": "5"}, follow=True)
    assert "只能由群众本人" in words(page)
    page = client.post(f"/visit/{visit.code}/rate/", {"grade": "5"}, follow=True)
    visit.refresh_from_db()
    assert "只能由群众本人" in words(page) and visit.grade is None


@pytest.mark.parametrize("key", ["", "nonsense", "key of another window", "key of another hall"])
def test_a_browser_without_the_key_rates_nothing_and_names_nobody(city: City, key: str):
    keys = {"key of another window": window_key(NORTH, 4), "key of another hall": window_key(SOUTH, 3)}
    sent, client = asked_after_service(city), Client()
    client.get(SCREEN, {"key": keys.get(key, key)})
    page = words(client.get(SCREEN))
    assert city.bob.worker.name not in page and "没有配对" in page
    client.post(f"{SCREEN}rate/", {**sent, "grade": "5"})
    assert Visit.objects.get().grade is None


def asked_after_service(city: City) -> dict[str, str]:
    served(city)
    return asked(tablet())


@pytest.mark.parametrize(
    "more", [{"visit": "x"}, {"visit": ""}, {"grade": "6"}, {"grade": ""}, {"grade": "x"}]
)
def test_bad_input_rates_nothing(city: City, more: dict[str, str]):
    served(city)
    client = tablet()
    page = client.post(f"{SCREEN}rate/", {**asked(client), "grade": "5", **more}, follow=True)
    assert page.status_code == 200 and Visit.objects.get().grade is None


@pytest.mark.parametrize("path", [f"/screen/{NORTH}/0/", f"/screen/{NORTH}/100/", "/screen/999/1/"])
def test_a_window_that_is_none_is_not_there(city: City, path: str):
    assert Client().get(path).status_code == 404


def test_who_says_nothing_is_not_asked_for_ever_nor_the_next_one_for_them(city: City):
    visit = served(city)
    client = tablet()
    assert asked(client)
    called(city)
    assert not asked(client), "the next one sits there"
    Visit.objects.filter(state="called").update(state="absent")
    Visit.objects.filter(pk=visit.pk).update(ended_at=timezone.now() - timedelta(minutes=4))
    assert not asked(client)


def test_a_lost_tablet_is_shut_out(city: City):
    served(city)
    old = tablet()
    keeper = signed_in(city.alice)
    page = keeper.get(f"{HOME}windows/")
    assert window_key(NORTH, 3) in page.content.decode() and soup(page).select_one("svg.c-qr")
    assert signed_in(city.bob).get(f"{HOME}windows/").status_code == 403
    keeper.post(f"{HOME}windows/")
    assert not asked(old) and asked(tablet())


def test_the_display_is_cheap(city: City):
    for _n in range(4):
        served(city)
    client = tablet()
    assert queries(client, f"{SCREEN}now/") <= 6
