"""Plans: made for a month, moved by hand with the effect told at once, dropped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.core.when import day as day_words
from mingbai.people.models import Worker
from mingbai.places.enums import Level
from mingbai.places.models import Region
from mingbai.servicedays.actions._plan import a_day, add, built_of, bump, draft, drop_from
from mingbai.servicedays.actions._record import enter, now_or
from mingbai.servicedays.enums import DayState, PlanState, Skill
from mingbai.servicedays.models import Plan, ServiceDay, TeamMember
from mingbai.servicedays.queries.month import held_days, last_of
from mingbai.servicedays.rules.weighing import Effect, Held, weigh

FIRST_MONTH, LAST_MONTH = 200001, 299912


@dataclass(frozen=True)
class Edited:
    """The plan after a change, the day that was touched (None when it is gone), what it costs or breaks."""

    plan: Plan
    day: ServiceDay | None
    effect: Effect


@transaction.atomic
def make_plan(*, by: Actor, region: Region, month: int, at: datetime | None = None) -> Plan:
    """An empty draft for a month of a city or county; where one is published, the draft will replace it.

    Raises Refused "bad_month", "past_month", "bad_level", "plan_exists".
    """
    at = now_or(at)
    if not FIRST_MONTH <= month <= LAST_MONTH or not 1 <= month % 100 <= 12:
        raise Refused(_("月份不对。"), code="bad_month", field="month")
    if last_of(month) < timezone.localdate(at):
        raise Refused(_("这个月已经过去。"), code="past_month", field="month")
    if region.level not in (Level.CITY, Level.COUNTY):
        raise Refused(_("计划按全市或县区来排。"), code="bad_level", field="region")
    published = Plan.objects.filter(region=region, month=month, state=PlanState.PUBLISHED).first()
    plan = Plan(region=region, month=month, replaces=published, made_by=by.name, made_at=at)
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("这个月已经有一份草案。"), code="plan_exists", do=_("请打开那份草案接着改，或先作废它。")
        ) from None
    enter(plan, "made", by, at, region=region.pk, month=month, replaces=published.pk if published else None)
    return plan


@transaction.atomic
def drop_plan(*, by: Actor, plan: Plan, version: int, reason: str, at: datetime | None = None) -> Plan:
    """Give up a draft. Raises Refused "not_a_draft", "changed_meanwhile"."""
    at, plan = now_or(at), draft(plan, version)
    reason = clean_text(reason, most=300, field="reason")
    drop_from(plan, date.min)
    plan.state = PlanState.DROPPED
    plan.save(update_fields=["state"])
    return bump(plan, "dropped", by, at, why=reason)


def add_day(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    region: str,
    on: date,
    team: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Edited:
    """One more day at a place; `team`: code of a worker → skill.

    What it breaks is told, not refused: people decide, and publishing asks again. Raises Refused
    "outside", "other_month", "day_exists", "unknown_worker", "unknown_skill" and those of the version.
    """

    def change(held: Plan) -> tuple[ServiceDay, dict[str, object]]:
        where = a_day(held, region, on)
        _refuse_second(held, where, on)
        day = add(held, where, on, _workers(team or {}), [])
        return day, {"place": region, "on": on.isoformat(), "team": dict(team or {})}

    return _edit(by, plan, version, at, "day_added", change)


def drop_day(*, by: Actor, plan: Plan, version: int, day: ServiceDay, at: datetime | None = None) -> Edited:
    """Take a day out of a draft."""

    def change(held: Plan) -> tuple[None, dict[str, object]]:
        found = _day(held, day)
        said: dict[str, object] = {"place": found.region_id, "on": found.on.isoformat()}
        found.delete()
        return None, said

    return _edit(by, plan, version, at, "day_dropped", change)


def move_day(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    day: ServiceDay,
    on: date,
    region: str = "",
    at: datetime | None = None,
) -> Edited:
    """The same team on another date, or at another place. Raises Refused as `add_day` does."""

    def change(held: Plan) -> tuple[ServiceDay, dict[str, object]]:
        found = _day(held, day)
        where = a_day(held, region or found.region_id, on)
        _refuse_second(held, where, on, but=found)
        said: dict[str, object] = {
            "from": [found.region_id, found.on.isoformat()],
            "to": [where.pk, on.isoformat()],
        }
        found.region, found.on, found.why = where, on, []
        found.save(update_fields=["region", "on", "why"])
        return found, said

    return _edit(by, plan, version, at, "day_moved", change)


def move_person(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    worker: str,
    away_from: ServiceDay | None = None,
    to: ServiceDay | None = None,
    skill: str = "",
    at: datetime | None = None,
) -> Edited:
    """From one day to another; only `to` adds somebody, only `away_from` takes them out.

    `skill`: what they work there; empty keeps what they worked. Raises Refused "unknown_worker",
    "not_in_team", "in_team", "unknown_skill" and those of the version.
    """

    def change(held: Plan) -> tuple[ServiceDay | None, dict[str, object]]:
        who, work = _worker(worker), skill
        if away_from is not None:
            member = _member(_day(held, away_from), who)
            work = work or member.skill
            member.delete()
        target = _day(held, to) if to is not None else None
        if target is not None:
            _join(target, who, work)
        said: dict[str, object] = {
            "worker": worker,
            "skill": work,
            "from": _where(away_from),
            "to": _where(target),
        }
        return target, said

    return _edit(by, plan, version, at, "person_moved", change)


def set_hours(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    day: ServiceDay,
    starts: time | None,
    ends: time | None,
    room: str = "",
    at: datetime | None = None,
) -> Edited:
    """When and in which room. Raises Refused "bad_hours" and those of the version."""
    if starts and ends and ends <= starts:
        raise Refused(_("结束时间须晚于开始时间。"), code="bad_hours", field="ends")

    def change(held: Plan) -> tuple[ServiceDay, dict[str, object]]:
        found = _day(held, day)
        found.starts, found.ends = starts, ends
        found.room = clean_text(room, most=200, field="room") if room.strip() else ""
        found.save(update_fields=["starts", "ends", "room"])
        return found, {"place": found.region_id, "on": found.on.isoformat(), "room": found.room}

    return _edit(by, plan, version, at, "day_timed", change)


Change = Callable[[Plan], tuple[ServiceDay | None, dict[str, object]]]


def _edit(by: Actor, plan: Plan, version: int, at: datetime | None, verb: str, change: Change) -> Edited:
    """One change in one transaction: lock, before, change, after, entry; the effect is weighed on both."""
    at = now_or(at)
    with transaction.atomic():
        held = draft(plan, version)
        before = held_days(held)
        day, said = change(held)
        after = held_days(held)
        effect = _effect(held, before, after, timezone.localdate(at))
        bump(held, verb, by, at, **said, cost=effect.cost, breaks=[one.code for one in effect.new])
    return Edited(held, day, effect)


def _effect(plan: Plan, before: list[Held], after: list[Held], today: date) -> Effect:
    return weigh(built_of(plan, today), before, after)


def _refuse_second(plan: Plan, region: Region, on: date, but: ServiceDay | None = None) -> None:
    there = plan.days.filter(region=region, on=on).exclude(state=DayState.CANCELLED)
    if but is not None:
        there = there.exclude(pk=but.pk)
    if there.exists():
        raise Refused(
            _("%(place)s %(when)s 已经有一场。") % {"place": region.name, "when": day_words(on)},
            code="day_exists",
            field="on",
        )


def _day(plan: Plan, day: ServiceDay) -> ServiceDay:
    """The day as it is now, of this plan. Raises Refused "no_such_day"."""
    found = plan.days.filter(pk=day.pk, state=DayState.DRAFT).select_related("region").first()
    if found is None:
        raise Refused(_("这一场已经不在计划里。"), code="no_such_day", do=_("请刷新页面。"))
    return found


def _worker(code: str) -> Worker:
    found = Worker.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise Refused(_("没有这个人，或已不在岗。"), code="unknown_worker", field="worker")
    return found


def _workers(team: Mapping[str, str]) -> dict[Worker, str]:
    for skill in team.values():
        _check_skill(skill)
    return {_worker(code): skill for code, skill in team.items()}


def _check_skill(skill: str) -> None:
    if skill not in Skill.values:
        raise Refused(_("请选择去做什么。"), code="unknown_skill", field="skill")


def _member(day: ServiceDay, worker: Worker) -> TeamMember:
    found = day.team.filter(worker=worker).first()
    if found is None:
        raise Refused(
            _("%(who)s 已不在那一场的队伍里。") % {"who": worker.name}, code="not_in_team", field="worker"
        )
    return found


def _join(day: ServiceDay, worker: Worker, skill: str) -> None:
    _check_skill(skill)
    if day.team.filter(worker=worker).exists():
        raise Refused(
            _("%(who)s 已在这一场的队伍里。") % {"who": worker.name}, code="in_team", field="worker"
        )
    TeamMember.objects.create(day=day, worker=worker, skill=skill)


def _where(day: ServiceDay | None) -> list[str]:
    return [day.region_id, day.on.isoformat()] if day else []
