"""What a leader is told becomes opinions: each a matter with an owner and a clock, answered to the person."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.clocks import set_day
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.visits.actions._record import enter, locked, now_or
from mingbai.visits.enums import OpinionSource, VisitKind, VisitState
from mingbai.visits.models import Opinion, Visit
from mingbai.visits.rules.opinions import DATED, check_day

KIND = "opinion"
MOST = 4000


@transaction.atomic
def receive(*, by: Actor, visit: Visit, said: str, at: datetime | None = None) -> Visit:
    """They came and spoke; `said` is what was said, kept under the visit's key.

    Raises Refused "not_reception", "not_open", "empty_text".
    """
    at, found = now_or(at), locked(visit)
    _refuse_others(found)
    if found.state not in (VisitState.BOOKED, VisitState.WAITING, VisitState.NO_SHOW, VisitState.SERVED):
        raise Refused(_("这次预约已经取消。"), code="not_open")
    found.said = clean_text(said, most=MOST, field="said")
    if found.state != VisitState.SERVED:
        found.state, found.ended_at = VisitState.SERVED, at
    found.save()
    enter(found, "received", by, at)
    return found


def _refuse_others(visit: Visit) -> None:
    if visit.kind != VisitKind.RECEPTION:
        raise Refused(_("这不是领导接待。"), code="not_reception")


@transaction.atomic
def take_opinion(
    *, by: Actor, visit: Visit, text: str, owner: Worker, key: str = "", at: datetime | None = None
) -> Opinion:
    """One thing that was asked, as a matter of its own: `owner` has it, its clock runs from now.

    The visitor is its speaker, so that the answer finds them. The same `key` again is the same opinion.
    Raises Refused "not_reception", "bad_owner" and those of `open_case`.
    """
    at, found = now_or(at), locked(visit)
    _refuse_others(found)
    if not owner.is_active or owner.station_id != found.station_id:
        raise Refused(_("请选本站在岗的人主办。"), code="bad_owner", field="owner")
    intake = Intake(
        kind=KIND,
        channel=Channel.RECEPTION_DAY,
        text=text,
        region=found.station.region_id,
        speaker=Person(name=found.name, phone=found.phone),
        keep_at=found.station_id,
        worker_id=owner.pk,
        source="reception",
        idempotency_key=f"{found.chain}:{key}" if key else "",
        body_hash=key,
        opened_at=min(at, timezone.now()),
    )
    opened = open_case(by=by, intake=intake)
    opinion, is_new = Opinion.objects.get_or_create(
        case=opened.case,
        defaults={
            "source": OpinionSource.RECEPTION,
            "station": found.station,
            "on": found.on,
            "leader": found.opening.receives if found.opening else "",
            "visit": found,
        },
    )
    if is_new:
        enter(found, "opinion_taken", by, at, case=opened.case.number)
    return opinion


@dataclass(frozen=True)
class Proposed:
    """A proposal of a delegate, a promise in the letter that answered one, or what a rating asks.

    `reference` is the number it was handed over under, `on` the day of it, `due_on` by when it is answered or
    kept (None for a proposal: its rule's months): the day of the matter's clock. A promise is `part_of` the
    opinion of its proposal.
    """

    source: str
    text: str
    on: date | None = None
    reference: str = ""
    due_on: date | None = None
    part_of: Opinion | None = None


@transaction.atomic
def take_proposal(
    *,
    by: Actor,
    station: Station,
    proposed: Proposed,
    owner: Worker,
    key: str = "",
    at: datetime | None = None,
) -> Opinion:
    """Followed like an opinion: a matter with an owner. The same `key` again is the same one.

    Raises Refused "bad_choice", "bad_owner", "needs_proposal", "needs_day", "bad_day" and those of
    `open_case`.
    """
    at = now_or(at)
    on = proposed.on or timezone.localdate(at)
    if proposed.source not in (OpinionSource.PROPOSAL, OpinionSource.PROMISE, OpinionSource.RATING):
        raise Refused(_("请选择意见从哪里来。"), code="bad_choice", field="source")
    if not owner.is_active or owner.station_id != station.pk:
        raise Refused(_("请选本站在岗的人主办。"), code="bad_owner", field="owner")
    fields = {
        "source": proposed.source,
        "station": station,
        "on": on,
        "reference": _reference(proposed),
        "due_on": proposed.due_on if proposed.source == OpinionSource.PROMISE else None,
        "part_of": _proposal_of(proposed, station),
    }
    check_day(proposed.source, on, proposed.due_on)
    case = open_case(by=by, intake=_matter_of(proposed, station, owner, key)).case
    opinion, is_new = Opinion.objects.get_or_create(case=case, defaults=fields)
    if is_new and (proposed.due_on or on < timezone.localdate(case.opened_at)):
        is_bounded = proposed.source != OpinionSource.PROMISE  # an office may promise what it likes
        set_day(
            case=case, by=by, code="answer", since=on, until=proposed.due_on, is_bounded=is_bounded, at=at
        )
    return opinion


def _matter_of(proposed: Proposed, station: Station, owner: Worker, key: str) -> Intake:
    return Intake(
        kind=KIND,
        channel=Channel.WINDOW,
        text=proposed.text,
        region=station.region_id,
        keep_at=station.pk,
        worker_id=owner.pk,
        source="proposal",
        stage=proposed.source if proposed.source in DATED else "",
        idempotency_key=key,
        body_hash=key,
    )


def _reference(proposed: Proposed) -> str:
    return clean_text(proposed.reference, most=64, field="reference") if proposed.reference.strip() else ""


def _proposal_of(proposed: Proposed, station: Station) -> Opinion | None:
    """A promise belongs to a proposal of the same station; nothing else belongs to anything."""
    if proposed.source != OpinionSource.PROMISE:
        return None
    found = proposed.part_of
    if found is None or found.source != OpinionSource.PROPOSAL or found.station_id != station.pk:
        raise Refused(_("请选是答复哪件建议、提案时答应的。"), code="needs_proposal", field="part_of")
    return found
