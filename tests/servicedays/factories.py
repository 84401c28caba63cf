"""Needs, people to send and plans of the small city, made through the actions."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places import actions as places
from mingbai.places.queries import register
from mingbai.servicedays.actions import needs, plans, publishing, terms
from mingbai.servicedays.models import Need, Plan, ServiceDay
from mingbai.servicedays.rules.needs import Wish
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, TOWN_SOUTH, VILLAGE, City, make_city
from tests.people.factories import make_worker

POINTS = {
    NORTH: ("41.862", "123.912"),
    SOUTH: ("41.853", "123.784"),
    TOWN: ("41.870", "123.930"),
    TOWN_SOUTH: ("41.800", "123.700"),
}
TEAM = (
    (NORTH, Post.LAWYER, "李律"),
    (NORTH, Post.MEDIATOR, "调解老张"),
    (NORTH, Post.LEGAL_AID_CLERK, "法援小周"),
    (SOUTH, Post.LAWYER, "王律"),
    (SOUTH, Post.MEDIATOR, "调解老刘"),
    (SOUTH, Post.NOTARY, "公证孙"),
)


def make_days_city() -> City:
    city = make_city()
    terms.prepare(by=SYSTEM)  # a test that commits ends with a flush, which takes the seeds along
    return city


def make_wish(**values: Any) -> Wish:
    """One lawyer wanted in NORTH's village."""
    return Wish(**{"region": VILLAGE, "skill": "lawyer", **values})


def make_need(city: City, at: Any = None, **values: Any) -> Need:
    taken = needs.take_down_needs(by=city.alice.actor, wishes=[make_wish(**values)], at=at)[0]
    assert taken.need is not None, str(taken.refused)
    return taken.need


def make_team(city: City) -> dict[str, Worker]:
    """Two lawyers, two mediators, an aid clerk and a notary, by name; stations with their points."""
    for code, (latitude, longitude) in POINTS.items():
        places.set_point(by=SYSTEM, station=city.stations[code], latitude=latitude, longitude=longitude)
    return {name: make_worker(city.stations[code], name, post) for code, post, name in TEAM}


def next_month() -> int:
    first = (timezone.localdate().replace(day=1) + timedelta(days=62)).replace(day=1)
    return first.year * 100 + first.month


def workdays(month: int) -> list[date]:
    """The working days of a month."""
    first = date(month // 100, month % 100, 1)
    days = [first + timedelta(days=n) for n in range(31)]
    return [day for day in days if day.month == first.month and register().workdays.is_workday(day)]


def make_plan(city: City, region: str = CITY) -> Plan:
    """An empty draft of the month after next, which is always far enough ahead."""
    return plans.make_plan(by=city.supervisor.actor, region=city.regions[region], month=next_month())


def make_day(city: City, plan: Plan, team: dict[str, Worker], region: str = TOWN, nth: int = 3) -> ServiceDay:
    """A day with a lawyer and a mediator of NORTH on the nth working day."""
    plan.refresh_from_db()
    edited = plans.add_day(
        by=city.supervisor.actor,
        plan=plan,
        version=plan.version,
        region=region,
        on=workdays(plan.month)[nth],
        team={team["李律"].code: "lawyer", team["调解老张"].code: "mediator"},
    )
    assert edited.day is not None
    return edited.day


def make_published(city: City, team: dict[str, Worker]) -> tuple[Plan, ServiceDay]:
    """A published plan with one day at TOWN."""
    plan = make_plan(city)
    day = make_day(city, plan, team)
    plan.refresh_from_db()
    plan = publishing.publish(by=city.supervisor.actor, plan=plan, version=plan.version)
    day.refresh_from_db()
    return plan, day


def make_today(city: City, team: dict[str, Worker], region: str = TOWN) -> ServiceDay:
    """A day that is held today, published ten days ago."""
    today, then = timezone.localdate(), timezone.now() - timedelta(days=10)
    by = city.supervisor.actor
    plan = plans.make_plan(by=by, region=city.regions[CITY], month=today.year * 100 + today.month, at=then)
    edited = plans.add_day(
        by=by,
        plan=plan,
        version=plan.version,
        region=region,
        on=today,
        team={
            team["李律"].code: "lawyer",
            team["调解老张"].code: "mediator",
            team["法援小周"].code: "aid_clerk",
        },
        at=then,
    )
    assert edited.day is not None
    publishing.publish(by=by, plan=plan, version=edited.plan.version, at=then)
    return ServiceDay.objects.get(pk=edited.day.pk)
