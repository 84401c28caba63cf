"""A whole year of a centre's ledgers, where they are at hand: every row lands, and the second time none."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.journal.queries import verify
from mingbai.people.models import Worker
from mingbai.places import actions as places
from mingbai.places.models import Station
from mingbai.places.rules.divisions import read_divisions
from mingbai.servicedays.queries.figures import day_figures
from mingbai.visits.queries.figures import door_figures
from tests.integrations.ledgers import export, land

DATA = Path(house.BASE_DIR).parent / "shared" / "data"
YEAR = DATA / "ledger-2019"
COUNTS = {
    "stations.csv": 1011,
    "people.csv": 1097,
    "net_orders.csv": 2779,
    "calls.csv": 6486,
    "service_days.csv": 728,
    "service_day_records.csv": 4926,
    "window_visits.csv": 712,
    "materials.csv": 98,
    "reception_opinions.csv": 33,
}

CITY = "210400000000"
ROW_13 = ("service_days", "day_consultations", "day_aid", "day_notary_home")

pytestmark = [
    pytest.mark.django_db,
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
    assert Case.objects.count() == 2779 + 4926 + 33 and Worker.objects.count() == 1097
    assert Station.objects.count() >= 1011
    figures = asdict(day_figures(date(2019, 1, 1), date(2019, 12, 31), CITY))
    expected = json.loads((YEAR / "expected.json").read_text("utf-8"))
    assert {name: figures[name] for name in ROW_13} == {name: expected[name] for name in ROW_13}

    door = asdict(door_figures(date(2019, 1, 1), date(2019, 12, 31), CITY))
    assert door == {name: expected[name] for name in ("visits", "guides", "posters", "opinions")}

    again = land(YEAR)
    assert [again.of(name) for name in COUNTS] == [(n, 0, 0, n, 0) for n in COUNTS.values()]

    out = tmp_path / "out"
    exported = export(out, first="2018-01-01", last="2019-12-31")
    assert exported == COUNTS
    back = land(out)
    assert back.code == 0 and all(back.of(name)[1:3] == (0, 0) for name in COUNTS)
    assert verify().is_whole
