"""Who sees the list of what the file of a matter of legal aid must hold: every role, near, far and above."""

from datetime import date

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from mingbai.legalaid.models import FileTick
from mingbai.legalaid.queries.file import file_of
from mingbai.people.enums import Post
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, SOUTH, City
from tests.legalaid.factories import application, fresh
from tests.legalaid.test_handling import reported
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import signed_in, soup, url_of

pytestmark = pytest.mark.django_db
TITLE = "归档材料"
SEES = {RoleCode.AID_REVIEWER: {NORTH, CITY}, RoleCode.STATION_MANAGER: {NORTH, CITY}}
"""Written apart from the permissions: who decides on aid where the matter lies. Nobody else."""


@pytest.fixture
def city(city: City) -> City:
    actions.prepare(by=SYSTEM)
    return city


def sees(user: User, url: str) -> bool:
    answer = signed_in(user).get(url)
    assert answer.status_code in (200, 302, 403, 404)
    heads = [head.get_text(strip=True) for head in soup(answer).select("h3")]
    return answer.status_code == 200 and TITLE in heads


@pytest.mark.parametrize("role", RoleCode.values)
def test_by_role_and_region(city: City, role: str):
    url = url_of(reported(city))
    seen = {
        region: sees(make_user(role, region=city.regions[region]), url) for region in (NORTH, SOUTH, CITY)
    }
    assert {region for region, yes in seen.items() if yes} == SEES.get(RoleCode(role), set())


def test_the_lawyer_who_works_it_sees_it_and_no_other_lawyer(city: City):
    case = reported(city)
    own = case.aid_assignments.get().worker
    mine = make_user(RoleCode.PRACTITIONER, station=own.station, worker=own, name=own.name)
    other = make_worker(city.stations[NORTH], "别的律师", Post.LAWYER)
    actions.enrol_lawyer(by=SYSTEM, worker=other, practises_since=date(2010, 1, 1))
    stranger = make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=other, name="别的律师")
    assert sees(mine, url_of(case)) and not sees(stranger, url_of(case))


def test_only_who_sees_it_ticks_a_paper_by_hand(city: City):
    case = reported(city)
    listed = file_of(fresh(case), application(case), today=timezone.localdate())
    part = next(line.code for line in listed if not line.is_there)
    for role, region, allowed in (
        (RoleCode.AID_REVIEWER, NORTH, True),
        (RoleCode.AID_REVIEWER, SOUTH, False),
        (RoleCode.WINDOW_CLERK, NORTH, False),
        (RoleCode.SUPERVISOR, CITY, False),
        (RoleCode.LEADER, CITY, False),
    ):
        user = make_user(role, region=city.regions[region])
        FileTick.objects.all().delete()
        signed_in(user).post(url_of(case, "aid_tick"), {"part": part, "place": "三号柜"})
        assert FileTick.objects.exists() == allowed, (role, region)
