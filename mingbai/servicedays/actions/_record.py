"""What the actions of service days share: rows locked and fresh, entries, regions that stand for others."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.servicedays.enums import NeedState
from mingbai.servicedays.models import Need, Plan, ServiceDay
from mingbai.servicedays.queries.terms import host_of


def now_or(at: datetime | None) -> datetime:
    return at or timezone.now()


def enter(subject: Need | Plan | ServiceDay, verb: str, by: Actor, at: datetime, **data: Any) -> None:
    """One entry in the subject's chain; no personal values in `data`."""
    kind = {Need: "need", Plan: "plan", ServiceDay: "serviceday"}[type(subject)]
    write(chain=subject.chain, verb=f"{kind}.{verb}", by=by, at=at, data=data)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a need is counted and served."""

    region: str
    spot: str
    city: str
    county: str


def spot_of(region: str, on: date) -> Spot:
    """The place as it is called that day, and the township or hosting community that serves it.

    Raises Refused "unknown_region" for what is no place of the city, "too_wide" for the city itself.
    """
    places = register()
    if region not in places.regions:
        raise Refused(_("没有这个地区，请重新选择。"), code="unknown_region", field="region")
    region = places.current(region, on)
    row = places.regions[region]
    if row.level == Level.CITY:
        raise Refused(_("请选到县区、乡镇或村。"), code="too_wide", field="region")
    spot = region
    if row.level == Level.VILLAGE and not host_of(region, on):
        # A village that hosts no days of its own waits at its township.
        spot = next((up.code for up in places.ancestors(region) if up.level == Level.TOWNSHIP), region)
    return Spot(region, spot, places.city_of(region), places.county_of(region))


def end_locked(need: Need, state: str, by: Actor, at: datetime, reason: str = "") -> Need:
    """End a need that the caller holds locked. Raises Refused "need_ended"."""
    if need.state != NeedState.OPEN:
        raise Refused(_("这条需求已经结束。"), code="need_ended")
    need.state, need.ended_at, need.reason = state, at, reason
    need.save(update_fields=["state", "ended_at", "reason", "served"])
    enter(need, "ended", by, at, state=state, served=need.served, why=reason)
    return need
