"""Visits to villages: once however often sent, struck out rather than changed; what villages are owed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.figures.queries import Counter, rows_of, shown
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period
from mingbai.journal.models import Entry
from mingbai.oversight import actions
from mingbai.oversight.actions import Trip
from mingbai.oversight.enums import QuotaCode
from mingbai.oversight.models import QuotaRule, VillageVisit
from mingbai.oversight.perms import can_strike_visit, can_write_visit
from mingbai.oversight.queries import village
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE, VILLAGE_EMPTY, VILLAGE_SOUTH, City
from tests.people.factories import make_worker


def today() -> Any:
    return timezone.localdate()


def make_trip(**values: Any) -> Trip:
    return Trip(
        **{"region": VILLAGE, "on": today(), "kind": "duty", "hours": Decimal(4), "people": 6, **values}
    )


@pytest.fixture
def lawyer(city: City) -> Worker:
    return make_worker(city.stations[TOWN], "顾问律师", Post.VILLAGE_LAWYER)


def write(lawyer: Worker, **values: Any) -> VillageVisit:
    return actions.write_visit(by=SYSTEM, worker=lawyer, trip=make_trip(**values))


def test_a_visit_sent_three_times_is_one(lawyer: Worker) -> None:
    rows = {write(lawyer, client_key="a" * 32).pk for _again in range(3)}
    assert len(rows) == 1
    assert Entry.objects.filter(verb="village_visit.written").count() == 1


def test_a_form_of_before_filled_in_anew_is_another_visit(lawyer: Worker) -> None:
    write(lawyer, client_key="a" * 32)
    write(lawyer, client_key="a" * 32, kind="lecture")
    assert VillageVisit.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"region": TOWN}, "no_village"),
        ({"region": "999"}, "no_village"),
        ({"on": timedelta(days=1)}, "bad_day"),
        ({"on": timedelta(days=-93)}, "bad_day"),
        ({"hours": Decimal(0)}, "bad_count"),
        ({"hours": Decimal("16.5")}, "bad_count"),
        ({"people": -1}, "bad_count"),
        ({"people": 2001}, "bad_count"),
    ],
)
def test_a_visit_that_cannot_be(lawyer: Worker, values: dict[str, Any], code: str) -> None:
    if "on" in values:
        values = {"on": today() + values["on"]}
    with pytest.raises(Refused) as refused:
        write(lawyer, **values)
    assert refused.value.code == code
    assert not VillageVisit.objects.exists()


def test_the_table_itself_refuses_no_hours(lawyer: Worker) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        VillageVisit.objects.create(
            worker=lawyer,
            region_id=VILLAGE,
            on=today(),
            kind="duty",
            hours=0,
            people=1,
            written_by="x",
            written_at=timezone.now(),
        )


def test_a_struck_visit_counts_no_more_and_stays(lawyer: Worker) -> None:
    visit = write(lawyer)
    period = Period(today(), today(), CITY)
    assert Counter(period).count("village_visits") == 1
    actions.strike_visit(by=SYSTEM, visit=visit, reason="登错了村")
    assert Counter(period).count("village_visits") == 0
    assert VillageVisit.objects.get().struck_for == "登错了村"
    with pytest.raises(Refused) as refused:
        actions.strike_visit(by=SYSTEM, visit=visit, reason="再来一次")
    assert refused.value.code == "struck_already"


def test_what_a_village_is_owed(city: City, lawyer: Worker) -> None:
    actions.set_class(by=SYSTEM, region=city.regions[VILLAGE], village_class="near")
    write(lawyer, hours=Decimal(8))
    write(lawyer, hours=Decimal("2.5"), kind="lecture")
    [state] = village.states_of([VILLAGE], today())
    got = {one.code: (one.got, one.amount, one.is_met) for one in state.owed}
    assert state.village_class == "near"
    assert got == {  # twice on one day is one day in the village
        QuotaCode.VISITS: (1, 2, False),
        QuotaCode.HOURS: (Decimal("10.5"), 8, True),
        QuotaCode.LECTURES: (1, 1, True),
    }
    assert not state.is_met


def test_many_villages_cost_no_more_queries(city: City, django_assert_num_queries: Any) -> None:
    codes = [VILLAGE, VILLAGE_EMPTY, VILLAGE_SOUTH]
    village.villages_in(CITY, today())
    with django_assert_num_queries(6):
        assert len(village.states_of(codes, today())) == 3


def test_an_adviser_is_named_and_ended(city: City, lawyer: Worker) -> None:
    region = city.regions[VILLAGE]
    term = actions.name_adviser(by=SYSTEM, worker=lawyer, region=region, since=today() - timedelta(days=9))
    assert village.advisers_of([VILLAGE], today()) == {VILLAGE: ["顾问律师"]}
    with pytest.raises(Refused) as refused:
        actions.name_adviser(by=SYSTEM, worker=lawyer, region=region, since=today())
    assert refused.value.code == "adviser_already"
    actions.end_adviser(by=SYSTEM, term=term, until=today() - timedelta(days=1))
    assert village.advisers_of([VILLAGE], today()) == {}
    with pytest.raises(Refused):
        actions.end_adviser(by=SYSTEM, term=term, until=today())


def test_only_lawyers_advise(city: City) -> None:
    with pytest.raises(Refused) as refused:
        actions.name_adviser(by=SYSTEM, worker=city.owner, region=city.regions[VILLAGE], since=today())
    assert refused.value.code == "no_lawyer"


def make_savvy(city: City, name: str = "明白人") -> Worker:
    return make_worker(city.stations[VILLAGE], name, Post.LAW_SAVVY_VILLAGER)


def teach(worker: Worker, **values: Any) -> Any:
    terms = {"on": today(), "topic": "土地承包", "hours": Decimal(3), **values}
    return actions.teach(by=SYSTEM, worker=worker, **terms)


def test_training_of_law_savvy_villagers(city: City) -> None:
    worker = make_savvy(city)
    teach(worker)
    teach(worker, passed=True, certificate="辽明0001", hours=Decimal("4.5"))
    [row] = village.taught_in([VILLAGE])
    assert (row.hours, row.certificate) == (Decimal("7.5"), "辽明0001")
    assert village.savvy_of([VILLAGE]) == {VILLAGE: 1}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"on": timedelta(days=1)}, "bad_day"),
        ({"hours": Decimal(0)}, "bad_count"),
        ({"certificate": "辽明0002"}, "not_passed"),
        ({"topic": " "}, "empty_text"),
    ],
)
def test_training_that_cannot_be(city: City, values: dict[str, Any], code: str) -> None:
    if "on" in values:
        values = {"on": today() + values["on"]}
    with pytest.raises(Refused) as refused:
        teach(make_savvy(city), **values)
    assert refused.value.code == code


def test_a_certificate_is_given_once_and_to_savvy_people_only(city: City) -> None:
    teach(make_savvy(city), passed=True, certificate="辽明0003")
    with pytest.raises(Refused) as refused:
        teach(make_savvy(city, "另一位"), passed=True, certificate="辽明0003")
    assert refused.value.code == "certificate_used"
    with pytest.raises(Refused) as refused:
        teach(city.owner)
    assert refused.value.code == "not_savvy"


def test_who_sees_and_writes_visits(city: City, lawyer: Worker) -> None:
    visit = write(lawyer)
    assert can_write_visit(city.alice, VILLAGE)
    assert not can_write_visit(city.charlie, VILLAGE)
    assert visit in VillageVisit.objects.visible_to(city.alice)
    assert visit not in VillageVisit.objects.visible_to(city.charlie)
    assert can_strike_visit(city.supervisor, visit)
    assert not can_strike_visit(city.charlie, visit)


def test_visits_of_a_county(city: City, lawyer: Worker) -> None:
    write(lawyer)
    assert village.visits_in(NORTH, today(), today()).count() == 1
    assert village.visits_in(SOUTH, today(), today()).count() == 0


# ── days against the quota ──


def counted(first: date, last: date, region: str = "") -> tuple[int, int, Any]:
    counter = Counter(Period(first, last, region))
    rate = counter.value("adviser_days_rate")
    return counter.count("adviser_days"), counter.count("adviser_days_owed"), rate.value


def there(lawyer: Worker, region: str, on: date, **values: Any) -> VillageVisit:
    """A visit that was written down in time, long ago."""
    at = timezone.make_aware(datetime(on.year, on.month, on.day, 18))
    return actions.write_visit(
        by=SYSTEM, worker=lawyer, trip=make_trip(region=region, on=on, **values), at=at
    )


def test_a_village_and_a_day_count_once_against_what_all_are_owed(city: City, lawyer: Worker) -> None:
    actions.prepare(by=SYSTEM)
    for on in (date(2025, 3, 3), date(2025, 3, 3), date(2025, 3, 4), date(2025, 4, 1)):
        there(lawyer, VILLAGE, on)
    there(lawyer, VILLAGE_EMPTY, date(2025, 3, 3))
    actions.strike_visit(by=SYSTEM, visit=there(lawyer, VILLAGE, date(2025, 3, 9)), reason="登错")
    spring = date(2025, 3, 1), date(2025, 4, 30)
    assert counted(*spring) == (4, 4 * 2 * 1, Decimal("50.0"))
    actions.set_class(by=SYSTEM, region=city.regions[VILLAGE], village_class="near")
    assert counted(*spring)[:2] == (4, 3 * 2 * 1 + 2 * 2)
    assert counted(*spring, region=SOUTH)[:2] == (0, 2 * 2)
    assert counted(date(2025, 3, 2), date(2025, 4, 30))[:2] == (1, 3 + 2)


def test_a_part_of_a_month_owes_nothing_and_has_no_rate(lawyer: Worker) -> None:
    actions.prepare(by=SYSTEM)
    there(lawyer, VILLAGE, date(2025, 3, 3))
    assert counted(date(2025, 3, 1), date(2025, 3, 30)) == (0, 0, None)


def test_a_quota_that_changes_in_mid_year_holds_from_its_day(lawyer: Worker) -> None:
    actions.prepare(by=SYSTEM)
    QuotaRule.objects.filter(code=QuotaCode.VISITS, village_class="").update(valid_to=date(2025, 6, 30))
    QuotaRule.objects.create(
        code=QuotaCode.VISITS, amount=3, source="抚司发〔2025〕9号", valid_from=date(2025, 7, 1)
    )
    assert counted(date(2025, 1, 1), date(2025, 12, 31))[1] == 4 * (6 * 1 + 6 * 3)


def test_the_days_owed_open_as_villages(lawyer: Worker) -> None:
    actions.prepare(by=SYSTEM)
    owed = INDICATORS.get("adviser_days_owed")
    rows = list(shown(owed, rows_of(owed, Period(date(2025, 1, 1), date(2025, 12, 31), TOWN))))
    assert [row.what for row in rows] == ["裕民社区 12", "东八路社区 12"]
