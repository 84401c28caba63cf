"""Needs that nobody writes down: drawn from matters without an answer, and ended with them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import OPEN_STATES, Channel, State
from mingbai.cases.models import Case, CaseQuerySet
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.workdays import Workdays
from mingbai.places.queries import register
from mingbai.servicedays.actions._record import end_locked, enter, spot_of
from mingbai.servicedays.enums import NeedState, RuleCode
from mingbai.servicedays.models import Need
from mingbai.servicedays.queries.terms import terms_on
from mingbai.servicedays.rules.needs import Matter, need_of
from mingbai.servicedays.rules.skills import OF_KIND

BATCH = 200
_UNANSWERED = (State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS)


def draw_needs(*, by: Actor, now: datetime) -> int:
    """End the needs whose matter is settled, draw new ones; return how many of both. Bears repetition."""
    return _settle(by, now) + _draw(by, now)


def _settle(by: Actor, now: datetime) -> int:
    """A matter that was answered or has ended needs nobody to come."""
    settled = (
        Need.objects.open().filter(case__isnull=False).exclude(case__state__in=[*_UNANSWERED, State.WAITING])
    )
    ended = 0
    while pks := list(settled.order_by("id").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            for need in Need.objects.open().select_for_update(of=("self",)).filter(pk__in=pks).order_by("id"):
                end_locked(need, NeedState.ELSEWHERE, by, now, _("办件已答复或已办结"))
                ended += 1
    return ended


def _draw(by: Actor, now: datetime) -> int:
    """Every open matter of the lines that go out, which waits and is not counted yet."""
    today, workdays = timezone.localdate(now), register().workdays
    least = terms_on(today)[RuleCode.UNANSWERED_DAYS]
    drawn, last = 0, 0
    while batch := list(_candidates(now, least).filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        with transaction.atomic():
            drawn += sum(_from(case, by, now, least, workdays) for case in batch)
    return drawn


def _candidates(now: datetime, least: int) -> CaseQuerySet:
    # Working days are fewer than days: nothing that is younger in days can be old enough.
    old = now - timedelta(days=least)
    waiting: CaseQuerySet = Case.objects.filter(
        state__in=_UNANSWERED, kind__in=list(OF_KIND), region__isnull=False, day_needs=None
    )
    return waiting.filter(opened_at__lte=old) | waiting.filter(channel=Channel.HOME_VISIT)


def _from(case: Case, by: Actor, now: datetime, least: int, workdays: Workdays) -> bool:
    opened, today = timezone.localdate(case.opened_at), timezone.localdate(now)
    matter = Matter(
        kind=case.kind,
        channel=case.channel,
        waited=workdays.count_workdays(opened, today),
        is_answered=case.answered_at is not None or case.state not in OPEN_STATES,
    )
    source = need_of(matter, least)
    if source is None:
        return False
    try:
        place = spot_of(str(case.region_id), today)
    except Refused:
        return False  # the city itself, or a region that is gone: nobody can be sent there
    need = Need(
        region_id=place.region,
        spot_id=place.spot,
        city=place.city,
        county=place.county,
        skill=OF_KIND[case.kind],
        is_urgent=case.is_urgent,
        since=opened,
        source=source,
        case=case,
        taken_by=by.name,
        taken_at=now,
    )
    need.save(force_insert=True)
    said = {"place": place.region, "skill": need.skill, "count": 1, "urgent": need.is_urgent}
    enter(need, "taken", by, now, **said, source=source, case=case.number)
    return True
