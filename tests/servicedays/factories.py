"""Needs, people to send and plans of the small city, made through the actions."""

from datetime import date
from typing import Any

from mingbai.core.actor import SYSTEM
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places import actions as places
from mingbai.servicedays.actions import needs, terms
from mingbai.servicedays.models import Need
from mingbai.servicedays.rules.needs import Wish
from tests.cases.factories import NORTH, SOUTH, TOWN, TOWN_SOUTH, VILLAGE, City, make_city
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


def day(text: str) -> date:
    return date.fromisoformat(text)
