"""The day itself: the team signs in, somebody stands in, the day is closed and its needs with it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.places.queries import register
from mingbai.servicedays.actions._record import end_locked, enter, now_or
from mingbai.servicedays.enums import DayState, NeedState, Skill
from mingbai.servicedays.models import Need, ServiceDay, TeamMember
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Work


@transaction.atomic
def sign_in(*, by: Actor, day: ServiceDay, worker: Worker, at: datetime | None = None) -> TeamMember:
    """One of the team has come; the first time counts. `at`: when, by a phone that may have been off line.

    Raises Refused "not_planned", "not_today", "not_in_team".
    """
    now = now_or(at)
    held = _held(day, states=(DayState.PLANNED, DayState.HELD))
    if timezone.localdate(now) != held.on:
        raise Refused(_("只能在服务日当天签到。"), code="not_today")
    member = held.team.select_for_update(of=("self",)).filter(worker=worker).first()
    if member is None:
        raise Refused(
            _("%(who)s不在这一场的队伍里。") % {"who": worker.name},
            code="not_in_team",
            do=_("临时替别人来的，请先点“顶替”。"),
        )
    if member.came_at is None:
        member.came_at = now
        member.save(update_fields=["came_at"])
        enter(held, "signed_in", by, now, worker=worker.code)
    return member


@transaction.atomic
def stand_in(
    *, by: Actor, day: ServiceDay, worker: Worker, skill: str, at: datetime | None = None
) -> TeamMember:
    """Somebody comes who was not planned: they join the team of a published day.

    Raises Refused "not_planned", "unknown_skill", "worker_inactive", "busy" (at another place that day).
    """
    now, held = now_or(at), _held(day, states=(DayState.PLANNED,))
    if skill not in Skill.values:
        raise Refused(_("请选择去做什么。"), code="unknown_skill", field="skill")
    if not worker.is_active:
        raise Refused(_("此人已不在岗。"), code="worker_inactive")
    elsewhere = TeamMember.objects.filter(worker=worker, day__on=held.on, day__state=DayState.PLANNED)
    if elsewhere.exclude(day=held).exists():
        raise Refused(_("%(who)s这一天已在另一场。") % {"who": worker.name}, code="busy", field="worker")
    member, is_new = TeamMember.objects.get_or_create(day=held, worker=worker, defaults={"skill": skill})
    if is_new:
        enter(held, "stood_in", by, now, worker=worker.code, skill=skill)
    return member


@transaction.atomic
def close_day(
    *, by: Actor, day: ServiceDay, served: Mapping[int, int] | None = None, at: datetime | None = None
) -> ServiceDay:
    """The day is over: needs that were served end, all others wait on with their age.

    `served`: need id → how many of it were seen beside the records. Raises Refused "not_planned",
    "too_early", "nothing_happened", "bad_count".
    """
    now, held = now_or(at), _held(day, states=(DayState.PLANNED,))
    if timezone.localdate(now) < held.on:
        raise Refused(_("还没有到这一天。"), code="too_early")
    came, records = held.team.exclude(came_at=None).count(), held.records.count()
    if not came and not records and not served:
        raise Refused(
            _("没有人签到，也没有记录。"),
            code="nothing_happened",
            do=_("没有办成的，请点“取消”并写明原因；办了的，请先签到或补记。"),
        )
    ended = _end_served(held, dict(served or {}), by, now)
    held.state, held.closed_at = DayState.HELD, now
    held.save(update_fields=["state", "closed_at"])
    enter(held, "closed", by, now, came=came, records=records, served=ended)
    _pay(held, by, now)
    return held


def _pay(day: ServiceDay, by: Actor, now: datetime) -> None:
    """Each who signed in has earned a day of duty, once."""
    payer = register().county_of(day.region_id) or day.region_id
    for member in day.team.exclude(came_at=None).select_related("worker").order_by("pk"):
        job = subsidies.Job(worker=member.worker, work=Work.SERVICE_DAY, region=payer)
        subsidies.earn(by=by, event=f"day:{day.pk}:{member.worker_id}", on=day.on, job=job, at=now)


def _end_served(day: ServiceDay, served: dict[int, int], by: Actor, now: datetime) -> int:
    """Ends what was seen whole; a need that was reserved for this day and not seen is free for the next."""
    if any(isinstance(n, bool) or n < 0 for n in served.values()):
        raise Refused(_("人数不能是负数。"), code="bad_count", field="served")
    recorded = day.records.exclude(need=None).values("need_id")
    open_needs = Need.objects.open().select_for_update(of=("self",))
    needs = open_needs.filter(pk__in=served) | open_needs.filter(pk__in=recorded) | open_needs.filter(day=day)
    ended = 0
    for need in needs.order_by("id"):
        need.served = min(need.count, need.served + served.get(need.pk, 0))
        if need.served >= need.count:
            end_locked(need, NeedState.SERVED, by, now)
            ended += 1
        else:
            need.day = None
            need.save(update_fields=["served", "day"])
    return ended


def _held(day: ServiceDay, states: tuple[str, ...]) -> ServiceDay:
    """The day as it is now, locked. Raises Refused "not_planned"."""
    found = ServiceDay.objects.select_for_update(of=("self",)).select_related("region").get(pk=day.pk)
    if found.state not in states:
        raise Refused(
            _("这一场%(state)s，不能再做这一步。") % {"state": found.get_state_display()}, code="not_planned"
        )
    return found
