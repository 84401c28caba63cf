"""Who owns a matter: assign within the station, offer to another, accept, decline, designate, co-handle."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import (
    DECLINES_TO_DESIGNATION,
    accepted,
    in_hand,
    locked,
    move,
    now_or,
    saved,
)
from mingbai.cases.enums import Event, HandoverState
from mingbai.cases.models import Case, CoHandler, Handover
from mingbai.cases.queries import books, open_handover
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.models import Station


@transaction.atomic
def assign(*, case: Case, by: Actor, worker: Worker, at: datetime | None = None) -> Case:
    """The station's manager gives the matter to one of its people. Raises Refused "wrong_station"."""
    at, case = now_or(at), locked(case)
    _check_serves(worker, case.station_id)
    previous, before = case.owner, move(case, "assign")
    case.owner = worker
    in_hand(case)
    accepted(case, at)
    owners = {"from": previous.code if previous else "", "to": worker.code}
    return saved(case, "assigned", by, at, was=before, state=case.state, **owners)


def _check_serves(worker: Worker, station: str) -> None:
    """On the station's register, or rostered there, and active."""
    rostered = worker.station_id == station or worker.duties.filter(station_id=station).exists()
    if not (worker.is_active and rostered):
        raise Refused(
            _("%(name)s不在这个站点。") % {"name": worker.name}, code="wrong_station", field="worker"
        )


@transaction.atomic
def offer(*, case: Case, by: Actor, to: Station, reason: str, at: datetime | None = None) -> Handover:
    """Offer the matter to another station (转办 待签收); until it accepts, the giver owns it."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=500, field="reason")
    move(case, "offer")
    _check_taker(case, to, at)
    if open_handover(case):
        raise Refused(_("已经转给别的站点，正在等对方签收。"), code="handover_open")
    if case.declines >= DECLINES_TO_DESIGNATION:
        raise Refused(_("已被退回两次，由监督人员指定承办，不能再转。"), code="needs_designation")
    handover = Handover.objects.create(
        case=case, giver_id=case.station_id, taker=to, reason=reason, offered_by=by.name, offered_at=at
    )
    _clockwork.start(case, Event.HANDED_OVER, at, subject=_subject(handover))
    saved(case, "offered", by, at, taker=to.pk, handover=handover.pk)
    return handover


def _check_taker(case: Case, to: Station, at: datetime) -> None:
    if to.pk == case.station_id:
        raise Refused(_("办件已经在这个站点。"), code="same_station", field="to")
    row = books().places.stations.get(to.pk)
    if row is None or not row.is_built or row.is_closed(timezone.localdate(at)):
        raise Refused(_("%(name)s尚未建成或已停办。") % {"name": to.name}, code="station_closed", field="to")


def _subject(handover: Handover) -> str:
    return f"handover:{handover.pk}"


@transaction.atomic
def accept_handover(
    *, handover: Handover, by: Actor, worker: Worker | None = None, at: datetime | None = None
) -> Case:
    """签收: only now the owner changes."""
    at, case = now_or(at), locked(handover.case)
    handover = _still_open(handover)
    if worker:
        _check_serves(worker, handover.taker_id)
    giver = case.station_id
    _settle(handover, HandoverState.ACCEPTED, by, at)
    _clockwork.stop(case, Event.HANDOVER_ANSWERED, at=at, subject=_subject(handover))
    before = _own(case, handover.taker_id, worker, at)
    in_hand(case)
    stations = {"from": giver, "to": case.station_id}
    return saved(case, "handed_over", by, at, handover=handover.pk, was=before, state=case.state, **stations)


@transaction.atomic
def decline_handover(*, handover: Handover, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """退回 with a reason; it stays with the giver. The second time it goes to the supervisor."""
    at, case = now_or(at), locked(handover.case)
    reason = clean_text(reason, most=500, field="reason")
    handover = _still_open(handover)
    _settle(handover, HandoverState.DECLINED, by, at, reason)
    _clockwork.stop(case, Event.HANDOVER_ANSWERED, at=at, subject=_subject(handover))
    case.declines += 1
    case.needs_designation = case.declines >= DECLINES_TO_DESIGNATION
    return saved(case, "declined", by, at, handover=handover.pk, taker=handover.taker_id, times=case.declines)


@transaction.atomic
def take_back(*, handover: Handover, by: Actor, at: datetime | None = None) -> Case:
    """The giver takes the offer back before it is answered."""
    at, case = now_or(at), locked(handover.case)
    handover = _still_open(handover)
    _settle(handover, HandoverState.TAKEN_BACK, by, at)
    _clockwork.stop(case, Event.HANDOVER_ANSWERED, at=at, subject=_subject(handover))
    return saved(case, "taken_back", by, at, handover=handover.pk)


@transaction.atomic
def designate(
    *,
    case: Case,
    by: Actor,
    to: Station,
    reason: str,
    worker: Worker | None = None,
    at: datetime | None = None,
) -> Case:
    """指定承办 by the supervisor: the owner changes at once and cannot be declined."""
    at, case = now_or(at), locked(case)
    reason = clean_text(reason, most=500, field="reason")
    move(case, "designate")
    if to.pk != case.station_id:
        _check_taker(case, to, at)
    if worker:
        _check_serves(worker, to.pk)
    if offered := open_handover(case):
        _settle(offered, HandoverState.DESIGNATED, by, at)
        _clockwork.stop(case, Event.HANDOVER_ANSWERED, at=at, subject=_subject(offered))
    stations = {"from": case.station_id, "to": to.pk}
    _own(case, to.pk, worker, at)
    case.needs_designation, case.declines = False, 0
    return saved(case, "designated", by, at, why=reason, worker=worker.code if worker else "", **stations)


@transaction.atomic
def ask_help(
    *, case: Case, by: Actor, station: Station, task: str, due_on: date, at: datetime | None = None
) -> CoHandler:
    """协办: another station helps by a date of its own; the owner stays."""
    at, case = now_or(at), locked(case)
    task = clean_text(task, most=500, field="task")
    move(case, "help")
    _check_taker(case, station, at)
    if due_on < timezone.localdate(at):
        raise Refused(_("协办期限不能早于今天。"), code="bad_time", field="due_on")
    if case.co_handlers.filter(station=station, done_at=None).exists():
        raise Refused(_("%(name)s正在协办。") % {"name": station.name}, code="helps_already", field="station")
    helper = CoHandler.objects.create(case=case, station=station, task=task, due_on=due_on, asked_at=at)
    saved(case, "help_asked", by, at, station=station.pk, due_on=due_on.isoformat(), helper=helper.pk)
    return helper


@transaction.atomic
def engage(
    *, case: Case, by: Actor, worker: Worker, task: str, due_on: date, at: datetime | None = None
) -> Case:
    """A named person works the matter beside its owner, until a line says otherwise (`disengage`).

    They see it and may call its people, wherever they serve; several may work one matter (mediators). Raises
    Refused "inactive_worker" or "helps_already".
    """
    at, case = now_or(at), locked(case)
    if not worker.is_active:
        raise Refused(_("%(name)s已不在岗。") % {"name": worker.name}, code="inactive_worker", field="worker")
    if case.co_handlers.filter(worker=worker, done_at=None).exists():
        raise Refused(_("%(name)s已经在承办。") % {"name": worker.name}, code="helps_already", field="worker")
    CoHandler.objects.create(
        case=case, station_id=case.station_id, worker=worker, task=task, due_on=due_on, asked_at=at
    )
    return case


@transaction.atomic
def disengage(*, case: Case, by: Actor, worker: Worker, result: str = "", at: datetime | None = None) -> Case:
    """Their part is over: they do not see the matter any more."""
    at, case = now_or(at), locked(case)
    case.co_handlers.filter(worker=worker, done_at=None).update(done_at=at, result=result[:500])
    return case


@transaction.atomic
def finish_help(*, helper: CoHandler, by: Actor, result: str, at: datetime | None = None) -> Case:
    at, case = now_or(at), locked(helper.case)
    result = clean_text(result, most=500, field="result")
    if helper.is_engaged:
        raise Refused(_("承办人的事由本业务结束，不在这里完成。"), code="engaged")
    helper = CoHandler.objects.select_for_update(of=("self",)).get(pk=helper.pk)
    if helper.done_at:
        raise Refused(_("这项协办已经完成。"), code="helped_already")
    helper.done_at, helper.result = at, result
    helper.save(update_fields=["done_at", "result"])
    return saved(case, "helped", by, at, helper=helper.pk, station=helper.station_id)


def _still_open(handover: Handover) -> Handover:
    handover = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if handover.state != HandoverState.OFFERED:
        raise Refused(
            _("这次转办已经%(state)s（%(who)s）。")
            % {"state": handover.get_state_display(), "who": handover.answered_by or "—"},
            code="handover_answered",
        )
    return handover


def _settle(handover: Handover, state: str, by: Actor, at: datetime, answer: str = "") -> None:
    handover.state, handover.answered_by, handover.answered_at, handover.answer = state, by.name, at, answer
    handover.save(update_fields=["state", "answered_by", "answered_at", "answer"])


def _own(case: Case, station: str, worker: Worker | None, at: datetime) -> str:
    """Set the one owner, and the city and county that lists filter by; return the state before.

    A new station has its own time to take the matter up; the promise to the resident runs on.
    """
    places, before = books().places, case.state
    home = places.stations[station].region
    case.station_id, case.owner = station, worker
    case.city, case.county = places.city_of(home), places.county_of(home)
    _clockwork.stop(case, Event.TAKEN_UP, at=at)
    if worker:
        move(case, "assign")
        accepted(case, at)
    elif case.is_open:
        _clockwork.start(case, Event.OPENED, at, unless_stops=_clockwork.NEW_TIME_TO_TAKE_UP)
    return before
