"""A whole year of a centre's ledgers, where they are at hand: every row lands, and the second time none."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.db import connection

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.figures.letter import figures_of, plain
from mingbai.figures.rules import Period
from mingbai.journal.queries import verify
from mingbai.people.models import Worker
from mingbai.places import actions as places
from mingbai.places.models import Station
from mingbai.places.rules.divisions import read_divisions
from tests.integrations.ledgers import export, land

DATA = Path(house.BASE_DIR).parent / "shared" / "data"
YEAR = DATA / "ledger-2019"
COUNTS = {
    "stations.csv": 1011,
    "people.csv": 1097,
    "net_orders.csv": 2779,
    "calls.csv": 6484,
    "service_days.csv": 728,
    "service_day_records.csv": 4926,
    "window_visits.csv": 712,
    "materials.csv": 98,
    "reception_opinions.csv": 33,
    "province_hotlines.csv": 28,
}

CITY = "210400000000"

pytestmark = [
    pytest.mark.long,
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor == "postgresql", reason="the whole year lands once a run, on SQLite"
    ),
    pytest.mark.skipif(not YEAR.is_dir(), reason="../shared/data/ledger-2019 is not at hand"),
]


def test_a_real_year_lands_once_and_goes_out_unchanged(tmp_path: Path, settings: Any):
    settings.MINGBAI_DATA = tmp_path
    divisions = read_divisions((DATA / "fushun_divisions.csv").read_text("utf-8"))
    places.found_city(by=SYSTEM, divisions=divisions, source="fushun_divisions.csv")
    first = land(YEAR)
    assert first.code == 0, first.said[-2000:]
    assert {name: first.counts[name]["rows"] for name in COUNTS} == COUNTS
    assert all(first.counts[name]["refused"] == 0 for name in COUNTS)
    assert Case.objects.count() == 2779 + 4926 + 33 + 5704 and Worker.objects.count() == 1097
    assert Station.objects.count() >= 1011
    expected = json.loads((YEAR / "expected.json").read_text("utf-8"))
    figures = figures_of(Period(date(2019, 1, 1), date(2019, 12, 31), CITY))
    counted = {key: plain(value.value) for key, value in figures.items()}
    assert {key: counted[key] for key in expected if key != "year"} == {
        key: value for key, value in expected.items() if key != "year"
    }

    again = land(YEAR)
    assert [again.of(name) for name in COUNTS] == [(n, 0, 0, n, 0) for n in COUNTS.values()]

    out = tmp_path / "out"
    exported = export(out, first="2018-01-01", last="2019-12-31")
    assert exported == COUNTS
    back = land(out)
    assert back.code == 0 and all(back.of(name)[1:3] == (0, 0) for name in COUNTS)
    assert verify().is_whole
