"""Meetings: agreed on in a room or at the doorstep, held with minutes; offers; more time by all; danger."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.clocks import give_time
from mingbai.cases.actions.risks import report_risk, see_risk
from mingbai.cases.actions.stages import note_progress
from mingbai.cases.models import Case, RiskCard
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.knowledge.enums import Risk
from mingbai.mediation.actions._passes import tell_parties
from mingbai.mediation.actions._record import call_off, enter, held, now_or, party_in, refuse_unready
from mingbai.mediation.actions.consenting import begin
from mingbai.mediation.enums import OfferState, PlaceKind, SessionState, Side, Stage
from mingbai.mediation.models import Offer, Sitting
from mingbai.mediation.queries import parties_of
from mingbai.mediation.rules.letters import extended_text, planned_text
from mingbai.places.enums import Line
from mingbai.visits.actions.bookings import Wish, take_slot
from mingbai.visits.actions.records import met
from mingbai.visits.rules.visits import Visitor

_WORKED = frozenset({Stage.PREPARING, Stage.MEDIATING, Stage.AGREED})


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where. `opening` (primary key) with `starts_at` takes one of its slots: the room, or the hour
    of somebody who goes there; without it the place is in words and nothing is booked. `invited`: primary
    keys of the parties that come, where it is not all (背靠背): nobody else learns of it."""

    kind: str
    starts_at: datetime
    place: str = ""
    opening: int | None = None
    client_key: str = field(default="")
    invited: tuple[int, ...] = ()


@transaction.atomic
def plan_sitting(*, case: Case, by: Actor, plan: Plan, at: datetime | None = None) -> Sitting:
    """A meeting is agreed on; the parties hear of it. It may be agreed on before all have consented.

    Raises Refused "wrong_stage", "bad_choice", "bad_time" for the past, "no_place", "unknown_party", and of
    `visits.take_slot` (a slot that is taken offers the next ones).
    """
    at, case = now_or(at), held(case)
    _refuse_unless(case, _WORKED)
    if plan.kind not in PlaceKind.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="kind")
    if plan.starts_at <= at:
        raise Refused(_("时间已经过了，请选以后的时间。"), code="bad_time", field="starts_at")
    place = clean_text(plan.place, most=200, field="place") if plan.place.strip() else ""
    if plan.opening is None and not place and plan.kind != PlaceKind.REMOTE:
        raise Refused(_("请写明在哪里调解。"), code="no_place", field="place")
    sitting = Sitting(case=case, kind=plan.kind, starts_at=plan.starts_at, planned_by=by.name, planned_at=at)
    sitting.place, sitting.invited = place, _invited(case, plan.invited)
    if plan.opening is not None:
        _book(sitting, plan, by, at)
    sitting.save(force_insert=True)
    where = sitting.place or str(PlaceKind(plan.kind).label)
    _told(sitting, "med.planned", planned_text(moment(plan.starts_at), where), by, at)
    return sitting


def _invited(case: Case, invited: Collection[int]) -> list[int]:
    """Who is asked to come; [] stands for all."""
    known = {party.pk for party in parties_of(case)}
    if set(invited) - known:
        raise Refused(_("这件里没有这位当事人，请重新选择。"), code="unknown_party", field="invited")
    return [] if set(invited) == known else sorted(set(invited))


def _told(sitting: Sitting, verb: str, words: str, by: Actor, at: datetime) -> Case:
    """Who is asked to come hears of it: who follows the matter, and who takes part on line."""
    case = sitting.case
    asking = {party.pk for party in parties_of(case) if party.side == Side.ASKING}
    hears = not sitting.invited or bool(asking & set(sitting.invited))
    tell_parties(case, by, at, f"{verb}:{sitting.pk}", only=sitting.invited)
    return note_progress(
        case=case, by=by, verb=verb, at=at, public=words if hears else "", sitting=sitting.pk
    )


def _book(sitting: Sitting, plan: Plan, by: Actor, at: datetime) -> None:
    """The seat is the meeting's, booked in the name of who asked; the room's name is the place."""
    first = parties_of(sitting.case)
    visitor = Visitor(
        name=first[0].name if first else "人民调解",
        phone=first[0].phone if first else "",
        place=sitting.place,
    )
    wish = Wish(
        opening=plan.opening or 0,
        starts_at=plan.starts_at,
        line=Line.MEDIATION,
        visitor=visitor,
        channel=sitting.case.channel,
        client_key=plan.client_key,
        by_staff=True,
    )
    visit = take_slot(by=by, wish=wish, at=at)
    sitting.visit = visit
    if not sitting.place and visit.opening:
        sitting.place = " ".join(filter(None, (visit.station.name, visit.opening.room)))


def _refuse_unless(case: Case, stages: Collection[str]) -> None:
    if case.stage not in stages:
        label = Stage(case.stage).label if case.stage in Stage.values else "—"
        raise Refused(_("这件调解现在是“%(stage)s”，不能再做这一步。") % {"stage": label}, code="wrong_stage")


def _sitting(case: Case, pk: int) -> Sitting:
    """A meeting that was agreed on. Raises Refused "no_sitting"."""
    found = Sitting.objects.select_for_update(of=("self",)).filter(pk=pk, case=case).first()
    if found is None or found.state != SessionState.PLANNED:
        raise Refused(_("没有这一场约好的调解。"), code="no_sitting", field="sitting")
    found.case = case
    return found


@transaction.atomic
def cancel_sitting(*, case: Case, by: Actor, sitting: int, reason: str, at: datetime | None = None) -> Case:
    """It does not take place; the room is free again, and the parties hear of it."""
    at, case = now_or(at), held(case)
    reason = clean_text(reason, most=300, field="reason")
    found = _sitting(case, sitting)
    call_off(found, reason, at, by)
    words = _("%(when)s的调解取消了：%(why)s") % {"when": moment(found.starts_at), "why": reason}
    return _told(found, "med.cancelled", words, by, at)


@transaction.atomic
def hold(
    *,
    case: Case,
    by: Actor,
    minutes: str,
    present: Collection[int],
    held_at: datetime,
    kind: str = PlaceKind.ROOM,
    place: str = "",
    hours: Decimal = Decimal(0),
    sitting: int | None = None,
    at: datetime | None = None,
) -> Sitting:
    """The minutes of a meeting, agreed on before or not; the first one begins the mediation.

    Raises Refused "not_ready", "wrong_stage", "bad_time" for the future, "nobody_there", "unknown_party",
    "bad_amount", "empty_text". Nothing is kept when it may not begin.
    """
    at, case = now_or(at), held(case)
    _refuse_unless(case, _WORKED)
    if held_at > at:
        raise Refused(_("调解的时间不能在将来。"), code="bad_time", field="held_at")
    if not (hours.is_finite() and 0 <= hours <= 24):
        raise Refused(_("请填 0 到 24 的数字。"), code="bad_amount", field="hours")
    there = _present(case, present)
    refuse_unready(case)
    row = _sitting(case, sitting) if sitting is not None else _new(case, kind, place, by, at)
    if case.stage == Stage.PREPARING:
        case = begin(case=case, by=by, at=at)
        row.case = case
    row.minutes = clean_text(minutes, most=20_000, field="minutes")
    row.starts_at, row.present, row.hours = held_at, there, hours
    row.state, row.written_by, row.done_at = SessionState.HELD, by.name, at
    row.save()
    if row.visit is not None:
        met(by=by, visit=row.visit, at=at)  # else the day's end would say that nobody came
    note_progress(case=case, by=by, verb="med.held", at=at, sitting=row.pk)
    return row


def _new(case: Case, kind: str, place: str, by: Actor, at: datetime) -> Sitting:
    if kind not in PlaceKind.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="kind")
    row = Sitting(case=case, kind=kind, starts_at=at, planned_by=by.name, planned_at=at)
    row.place = clean_text(place, most=200, field="place") if place.strip() else ""
    return row


def _present(case: Case, present: Collection[int]) -> list[int]:
    known = {party.pk for party in parties_of(case)}
    if not present:
        raise Refused(_("请选到场的当事人。"), code="nobody_there", field="present")
    if set(present) - known:
        raise Refused(_("这件里没有这位当事人，请重新选择。"), code="unknown_party", field="present")
    return sorted(present)


@transaction.atomic
def make_offer(*, case: Case, by: Actor, party: int, text: str, at: datetime | None = None) -> Offer:
    """What one party puts forward; the others answer. Raises Refused "wrong_stage", "unknown_party"."""
    at, case = now_or(at), held(case)
    _refuse_unless(case, frozenset({Stage.MEDIATING}))
    offer = Offer(case=case, party=party_in(case, party), at=at, by=by.name)
    offer.text = clean_text(text, most=2000)
    offer.save(force_insert=True)
    enter(case, "med.offered", by, at, offer=offer.pk, party=offer.party_id)
    return offer


@transaction.atomic
def answer_offer(*, case: Case, by: Actor, offer: int, taken: bool, at: datetime | None = None) -> Offer:
    """Raises Refused "no_offer" for one that was answered, or is not of this matter."""
    at, case = now_or(at), held(case)
    found = Offer.objects.select_for_update(of=("self",)).filter(pk=offer, case=case).first()
    if found is None or found.state != OfferState.OPEN:
        raise Refused(_("没有这个等答复的方案。"), code="no_offer", field="offer")
    found.case = case
    found.state, found.answered_at = OfferState.TAKEN if taken else OfferState.TURNED_DOWN, at
    found.save()
    enter(case, "med.offer_answered", by, at, offer=found.pk, taken=taken)
    return found


@transaction.atomic
def extend(
    *,
    case: Case,
    by: Actor,
    months: int,
    agreed: Collection[int],
    reason: str,
    at: datetime | None = None,
) -> Case:
    """The usual month is made longer because every party wants it (司法部令第75号 Art. 36).

    Raises Refused "not_all_agreed", "wrong_stage", and those of `cases.give_time`.
    """
    at, case = now_or(at), held(case)
    _refuse_unless(case, _WORKED)
    parties = {party.pk for party in parties_of(case)}
    if parties - set(agreed):
        raise Refused(_("要各方都同意才能延长，还有人没有同意。"), code="not_all_agreed", field="agreed")
    case = give_time(case=case, by=by, code="mediation", amount=months, reason=reason, at=at)
    return note_progress(
        case=case, by=by, verb="med.extended", at=at, public=extended_text(months), months=months
    )


@transaction.atomic
def see_danger(
    *, case: Case, by: Actor, words: str, crime: bool, told: str = "", at: datetime | None = None
) -> RiskCard:
    """The dispute may turn violent (Art. 25): the supervisors hear at once; whom one called is written down.

    `crime`: it may be a matter for the police, to whom it is reported at once: `told` says who took the
    call. Raises Refused "needs_report" where that is missing, "empty_text".
    """
    at, case = now_or(at), held(case)
    if crime and not told.strip():
        raise Refused(
            _("可能引起治安、刑事案件的，要马上报告公安机关。请先打电话，再写上谁接的。"),
            code="needs_report",
            field="told",
        )
    card = see_risk(case=case, by=by, risk=Risk.ESCALATION, words=words, at=at)
    return report_risk(card=card, by=by, to=told, at=at) if told.strip() else card
