"""Figures from a standby say of when they are; files too. The primary's say nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.core import replica
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, make_city
from tests.people.factories import make_user
from tests.web.desk.pages import signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(db):
    region = make_city().regions[CITY]
    return signed_in(make_user(RoleCode.SUPERVISOR, region=region, username="whole", name="市监督"))


@pytest.fixture
def standby(monkeypatch):
    """The test's own database in the place of a standby that is ninety seconds behind."""
    known = timezone.now() - timedelta(seconds=90)
    monkeypatch.setattr(replica, "REPLICA", "default")
    monkeypatch.setattr(replica, "known_until", lambda: known)
    return known


@pytest.mark.parametrize("path", ["/board/figures/", "/board/figures/calls_offered/"])
def test_a_page_from_a_standby_says_up_to_when_it_knows(path, supervisor, standby):
    page = supervisor.get(path)
    assert f"数据截至今天 {timezone.localtime(standby):%H:%M:%S}" in words(page)
    assert page.headers["X-Known-Until"] == standby.isoformat(timespec="seconds")


def test_a_file_from_a_standby_says_so_in_its_head(supervisor, standby):
    assert "X-Known-Until" in supervisor.get("/board/figures/", {"as": "csv"}).headers


def test_the_primary_says_nothing(supervisor):
    page = supervisor.get("/board/figures/")
    assert "数据截至" not in words(page) and "X-Known-Until" not in page.headers
