"""The next service day near me, and a place there: without an account, without a script, at the kiosk too."""

from typing import Any

import pytest
from django.test import Client

from mingbai.servicedays.models import Need
from tests.cases.factories import NORTH, TOWN, VILLAGE, City
from tests.servicedays.factories import make_days_city, make_plan, make_published, make_team
from tests.web.desk.pages import errors, soup, words

pytestmark = pytest.mark.django_db
PHONE = "13987650001"


@pytest.fixture
def city(db: None) -> City:
    return make_days_city()


@pytest.fixture
def day(city: City) -> Any:
    return make_published(city, make_team(city))[1]


def wish(**values: Any) -> dict[str, Any]:
    where = {"county": NORTH, "town": TOWN, "village": VILLAGE}
    return {"key": "b" * 32, "skill": "lawyer", "phone": PHONE, **where, **values}


def test_the_nearest_stands_first_and_says_so(day: Any):
    page = words(Client().get("/days/", {"county": NORTH, "town": TOWN}))
    assert "在您的乡镇" in page or "就在您这里" in page
    assert "律师" in page and "李律" not in page, "who comes is named by skill"


def test_without_any_day_one_can_still_say_what_one_needs(city: City):
    page = Client().get("/days/")
    assert "近期还没有定下来" in words(page) and soup(page).select("a[href='/days/reserve/']")
    answer = Client().post("/days/reserve/", wish(), follow=True)
    assert "记下了" in words(answer)
    need = Need.objects.get()
    assert (need.source, need.region_id, need.is_urgent, need.day) == ("reservation", VILLAGE, False, None)


def test_a_place_is_kept_once(day: Any):
    client = Client()
    for _ in range(2):
        assert "约好了" in words(client.post(f"/days/{day.pk}/reserve/", wish(), follow=True))
    need = Need.objects.get()
    assert need.day == day and need.phone == PHONE


def test_nobody_makes_themselves_urgent(day: Any):
    Client().post(f"/days/{day.pk}/reserve/", wish(is_urgent="on", source="worker"))
    assert not Need.objects.get().is_urgent and Need.objects.get().source == "reservation"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"phone": ""}, "请填写电话号码"),
        ({"phone": "12"}, "电话"),
        ({"skill": ""}, "必填"),
        ({"skill": "notary"}, "notary"),
        ({"county": "", "town": "", "village": ""}, "请选县、区"),
        ({"county": "outside", "town": "", "village": ""}, "只到本市"),
        ({"text": "好" * 501}, "500"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(day: Any, wrong: dict[str, str], said: str):
    page = Client().post(f"/days/{day.pk}/reserve/", wish(name="赵大山", **wrong))
    assert said in words(page) and "赵大山" in page.content.decode()
    assert not Need.objects.exists()


def test_a_draft_or_a_cancelled_day_is_not_there(city: City, day: Any):
    assert Client().get("/days/999999/reserve/").status_code == 404
    day.state = "held"
    type(day).objects.filter(pk=day.pk).update(state="cancelled", cancelled_at=day.published_at)
    assert Client().get(f"/days/{day.pk}/reserve/").status_code == 404


def test_a_day_that_is_gone_while_one_writes(day: Any):
    client = Client()
    assert client.get(f"/days/{day.pk}/reserve/").status_code == 200
    type(day).objects.filter(pk=day.pk).update(state="cancelled", cancelled_at=day.published_at)
    assert client.post(f"/days/{day.pk}/reserve/", wish()).status_code == 404 and not Need.objects.exists()


def test_the_kiosk_keeps_one_inside_and_remembers_nobody(day: Any):
    client = Client()
    client.cookies["near"] = VILLAGE
    page = client.get("/kiosk/days/")
    assert "在您的" not in words(page)
    links = [one["href"] for one in soup(page).select("a[href]")]
    assert all(link.startswith(("/kiosk/", "#")) for link in links)
    done = client.post(f"/kiosk/days/{day.pk}/reserve/", wish(), follow=True)
    assert "约好了" in words(done) and done.redirect_chain[-1][0] == "/kiosk/days/"
    assert PHONE not in done.content.decode()


def test_an_empty_draft_is_not_shown(city: City):
    make_plan(city)
    assert "近期还没有定下来" in words(Client().get("/days/"))
    assert not errors(Client().get("/days/", {"county": "nonsense"}))
