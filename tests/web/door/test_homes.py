"""Home visits on the page: the sheet of the day, met and not met."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.visits.actions.records import not_met
from mingbai.visits.models import Visit
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import City
from tests.visits.factories import NAME, PHONE, ahead, make_booking, moment_at, on_working_days
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
