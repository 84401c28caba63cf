"""The planner of statements learns sizes by itself: a job of the house, not of an operator."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from mingbai.notices.jobs import JOBS
from mingbai.upkeep.databases import database
from tests.cases.factories import make_case, make_city


@pytest.mark.django_db
def test_the_house_looks_at_its_indexes_by_itself():
    make_city()
    make_case()
    JOBS.get("upkeep.statistics").run(timezone.now())
    if connection.vendor != "sqlite":
        return  # autovacuum's own work; the job must only do no harm
    with connection.cursor() as cursor:
        cursor.execute("SELECT idx FROM sqlite_stat1 WHERE tbl = 'cases_case'")
        known = {name for (name,) in cursor.fetchall()}
    assert {"case_in_work", "case_month_way", "case_at_risk"} <= known, "also one in which nothing stands"


@pytest.mark.django_db
def test_what_migrations_made_anew_is_looked_at_at_once(monkeypatch):
    looked: list[int] = []
    monkeypatch.setattr(type(database()), "learn", lambda _self: looked.append(1))
    call_command("migrate", verbosity=0)
    assert looked == [1]
