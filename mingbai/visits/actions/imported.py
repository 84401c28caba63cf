"""Visits and opinions that a ledger tells of: as they happened, hours and holidays are not asked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.imported import change_imported
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.queries import hashed
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.places.models import Region, Station
from mingbai.visits.actions._record import enter
from mingbai.visits.enums import OpinionSource, VisitKind, VisitState
from mingbai.visits.models import Opinion, Visit
from mingbai.visits.rules.visits import Visitor, check_line, check_outcome, clean_visitor

SLACK = timedelta(minutes=5)
_FROM, _TO = time(9), time(16)
"""A ledger of reception days tells no hours: what was said was said within these."""


@dataclass(frozen=True)
class Told:
    """One row of the window's ledger."""

    station: Station
    at: datetime
    line: str
    outcome: str
    window: int | None
    visitor: Visitor
    source: str


@transaction.atomic
def land_visit(*, by: Actor, told: Told) -> Visit:
    """A visit that happened. Raises Refused "bad_time", "unknown_line", "unknown_outcome", "bad_phone"."""
    if told.at > timezone.now() + SLACK:
        raise Refused(_("时间在将来，台账记的是已经办过的。"), code="bad_time", field="at")
    who = clean_visitor(told.visitor)
    visit = Visit(
        kind=VisitKind.WALK_IN,
        state=VisitState.SERVED,
        station=told.station,
        line=check_line(told.line, ()),
        outcome=check_outcome(told.outcome),
        channel=Channel.WINDOW,
        window=told.window,
        on=timezone.localdate(told.at),
        at=told.at,
        ended_at=told.at,
        phone_hash=hashed("phone", who.phone),
        imported_from=told.source,
        written_by=by.name,
        written_at=timezone.now(),
    )
    visit.name, visit.phone = who.name, who.phone
    visit.save(force_insert=True)
    enter(visit, "landed", by, visit.written_at, line=visit.line, outcome=visit.outcome, source=told.source)
    return visit


@dataclass(frozen=True)
class ToldOpinion:
    """One row of the ledger of reception days; `is_done` False leaves it open, with an owner and a clock."""

    station: Station
    region: Region
    on: date
    leader: str
    text: str
    is_done: bool
    source: str


@transaction.atomic
def land_opinion(*, by: Actor, told: ToldOpinion) -> Opinion:
    """Raises Refused "bad_time", "empty_text" and those of `open_case`."""
    if told.on > timezone.localdate():
        raise Refused(_("日期在将来，台账记的是已经办过的。"), code="bad_time", field="on")
    case = open_case(by=by, intake=_intake(told)).case
    return Opinion.objects.create(
        source=OpinionSource.RECEPTION,
        station=told.station,
        on=told.on,
        leader=clean_text(told.leader, most=64, field="leader") if told.leader else "",
        case=case,
        imported_from=told.source,
    )


@transaction.atomic
def change_opinion(*, by: Actor, opinion: Opinion, told: ToldOpinion) -> Opinion:
    """What the ledger says now of an opinion that is known."""
    change_imported(case=opinion.case, by=by, intake=_intake(told))
    return opinion


def _intake(told: ToldOpinion) -> Intake:
    return Intake(
        kind="opinion",
        channel=Channel.RECEPTION_DAY,
        text=told.text,
        region=told.region.code,
        keep_at=told.station.code,
        opened_at=_at(told.on, _FROM),
        ended_at=_at(told.on, _TO) if told.is_done else None,
        imported_from=told.source,
    )


def _at(on: date, clock: time) -> datetime:
    """Local time; what happened today is not put into the future."""
    at: datetime = timezone.make_aware(datetime.combine(on, clock))
    return min(at, timezone.now())
