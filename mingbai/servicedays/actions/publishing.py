"""Publishing: places and people are told a week ahead; a replacement keeps the days that stay."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.core.when import day as day_words
from mingbai.people.models import Worker
from mingbai.servicedays.actions._plan import add, built_of, bump, draft
from mingbai.servicedays.actions._record import enter, now_or
from mingbai.servicedays.actions._tell import Told, line, tell_places, tell_reserved, tell_team
from mingbai.servicedays.actions.plans import make_plan
from mingbai.servicedays.enums import DayState, NeedSource, PlanState, RuleCode
from mingbai.servicedays.models import Need, Plan, ServiceDay, TeamMember
from mingbai.servicedays.queries.month import held_days
from mingbai.servicedays.queries.needs import below, sums_of
from mingbai.servicedays.queries.terms import terms_on
from mingbai.servicedays.rules.weighing import Break, breaks

MOST_SAID = 6


@transaction.atomic
def publish(*, by: Actor, plan: Plan, version: int, despite: str = "", at: datetime | None = None) -> Plan:
    """The draft becomes the plan of the month; people, villages and who has reserved are told.

    `despite`: why rules that a decision may lift are lifted; it stands in the history. Raises Refused
    "empty_plan", "too_soon" (a new day within the days of notice), "broken" (with the rules), "not_a_draft",
    "changed_meanwhile".
    """
    at, plan = now_or(at), draft(plan, version)
    days = list(plan.days.filter(state=DayState.DRAFT).select_related("region").order_by("on", "region_id"))
    if not days and plan.replaces_id is None:
        raise Refused(_("计划里还没有服务日，不能公布。"), code="empty_plan")
    despite = clean_text(despite, most=300, field="despite") if despite.strip() else ""
    standing = _standing(plan, at)
    _refuse_too_soon(plan, days, standing, at)
    broken = _refuse_broken(plan, despite, at)
    before = _told_of(standing.values())
    _merge(plan, days, standing, by, at)
    if plan.replaces is not None:
        _retire(plan.replaces, plan)
    today = timezone.localdate(at)
    plan.baseline = [
        [row.spot, row.skill, row.waiting, row.urgent]
        for row in sums_of(Need.objects.open().filter(below(plan.region_id)), today)
    ]
    plan.state, plan.published_by, plan.published_at = PlanState.PUBLISHED, by.name, at
    plan.save(update_fields=["state", "published_by", "published_at", "baseline"])
    bump(plan, "published", by, at, days=len(days), despite=despite, breaks=[one.code for one in broken])
    _tell(plan, before, by)
    return plan


def _standing(plan: Plan, at: datetime) -> dict[tuple[str, object], ServiceDay]:
    """The published days to come of the plan that this one replaces, locked."""
    if plan.replaces_id is None:
        return {}
    today = timezone.localdate(at)
    rows = ServiceDay.objects.select_for_update(of=("self",)).filter(
        plan_id=plan.replaces_id, state=DayState.PLANNED, on__gt=today
    )
    ordered = rows.select_related("region").prefetch_related("team__worker__user")
    return {(day.region_id, day.on): day for day in ordered.order_by("on", "region_id")}


def _refuse_too_soon(
    plan: Plan, days: Iterable[ServiceDay], standing: dict[tuple[str, object], ServiceDay], at: datetime
) -> None:
    """Every place knows so many days ahead; what was published already may stay however near it is."""
    today = timezone.localdate(at)
    least = max(1, terms_on(today, plan.region_id)[RuleCode.NOTICE_DAYS])
    early = [
        day
        for day in days
        if day.on < today + timedelta(days=least) and (day.region_id, day.on) not in standing
    ]
    if early:
        names = "、".join(f"{day.region.name} {day_words(day.on)}" for day in early[:MOST_SAID])
        raise Refused(
            _("须至少提前 %(least)d 天公布，来不及告知：%(names)s。") % {"least": least, "names": names},
            code="too_soon",
            kept=_("草案没有变。"),
            do=_("请把这几场挪到后面，或从草案里去掉。"),
        )


def _refuse_broken(plan: Plan, despite: str, at: datetime) -> list[Break]:
    found = breaks(built_of(plan, timezone.localdate(at)), held_days(plan))
    firm = [one for one in found if one.is_firm]
    if firm or (found and not despite):
        said = "；".join(one.text for one in (firm or found)[:MOST_SAID])
        more = len(firm or found) - MOST_SAID
        raise Refused(
            said + (_("；另有 %(n)d 处。") % {"n": more} if more > 0 else "。"),
            code="broken",
            kept=_("草案没有变。"),
            do=_("这些做不到，请先改。") if firm else _("请先改，或写明为什么仍要这样办。"),
        )
    return found


def _merge(
    plan: Plan,
    days: Iterable[ServiceDay],
    standing: dict[tuple[str, object], ServiceDay],
    by: Actor,
    at: datetime,
) -> None:
    """A day that stays keeps its row (phones and reservations point to it); what is gone is cancelled."""
    for day in days:
        old = standing.pop((day.region_id, day.on), None)
        if old is None:
            day.state, day.published_at = DayState.PLANNED, at
            day.save(update_fields=["state", "published_at"])
            enter(day, "published", by, at, place=day.region_id, on=day.on.isoformat(), plan=plan.pk)
        else:
            _take_over(plan, day, old, by, at)
    for gone in standing.values():
        _cancel(gone, by, at, _("计划调整"))


def _take_over(plan: Plan, new: ServiceDay, old: ServiceDay, by: Actor, at: datetime) -> None:
    wanted = {member.worker_id: member for member in new.team.all()}
    new_fields = {"starts": new.starts, "ends": new.ends, "room": new.room, "why": new.why or old.why}
    had = {member.worker_id: member.skill for member in old.team.all()}
    old.team.exclude(worker_id__in=wanted).delete()
    for member in old.team.all().select_for_update():
        if member.worker_id in wanted and member.skill != wanted[member.worker_id].skill:
            member.skill = wanted[member.worker_id].skill
            member.save(update_fields=["skill"])
    TeamMember.objects.bulk_create(
        TeamMember(day=old, worker_id=worker, skill=member.skill)
        for worker, member in wanted.items()
        if worker not in had
    )
    new.delete()
    for name, value in new_fields.items():
        setattr(old, name, value)
    old.plan = plan
    old.save(update_fields=["plan", *new_fields])
    if had != {worker: member.skill for worker, member in wanted.items()}:
        enter(old, "team_changed", by, at, team=sorted(wanted))


def _retire(old: Plan, new: Plan) -> None:
    """The replaced plan hands over what has been held, so that the month is whole in one plan."""
    old.days.exclude(state__in=[DayState.CANCELLED, DayState.DRAFT]).update(plan=new)
    Plan.objects.filter(pk=old.pk).update(state=PlanState.REPLACED)


Readers = tuple[dict[Worker, list[str]], dict[str, list[str]]]


def _told_of(days: Iterable[ServiceDay]) -> Readers:
    """The days as lines, by person and by place."""
    people: dict[Worker, list[str]] = {}
    places: dict[str, list[str]] = {}
    for day in days:
        text = line(day)
        places.setdefault(day.region_id, []).append(text)
        for member in day.team.all():
            people.setdefault(member.worker, []).append(text)
    return people, places


def _tell(plan: Plan, before: Readers, by: Actor) -> None:
    rows = plan.days.filter(state=DayState.PLANNED, on__gt=timezone.localdate()).select_related("region")
    days = list(rows.order_by("on", "region_id").prefetch_related("team__worker__user"))
    people, places = _told_of(days)
    by_person = {
        worker: Told(tuple(before[0].get(worker, ())), tuple(people.get(worker, ())))
        for worker in sorted({*before[0], *people}, key=lambda one: one.pk)
    }
    by_place = {
        region: Told(tuple(before[1].get(region, ())), tuple(places.get(region, ())))
        for region in sorted({*before[1], *places})
    }
    tell_team(plan=plan, told=by_person, by=by)
    tell_places(plan=plan, told=by_place, by=by)
    for day in days:
        waiting = Need.objects.open().filter(source=NeedSource.RESERVATION, spot_id=day.region_id)
        tell_reserved(
            day=day, needs=waiting.filter(day=None).order_by("id"), by=by, template="service_day_resident"
        )


def _cancel(day: ServiceDay, by: Actor, at: datetime, reason: str) -> None:
    """A published day that is not held; who has reserved it waits on, with their age."""
    day.state, day.cancelled_at, day.reason = DayState.CANCELLED, at, reason
    day.save(update_fields=["state", "cancelled_at", "reason"])
    enter(day, "cancelled", by, at, place=day.region_id, on=day.on.isoformat(), why=reason)
    reserved = list(Need.objects.open().select_for_update(of=("self",)).filter(day=day).order_by("id"))
    tell_reserved(day=day, needs=reserved, by=by, template="service_day_cancelled")
    Need.objects.filter(pk__in=[need.pk for need in reserved]).update(day=None)


@transaction.atomic
def cancel_day(*, by: Actor, day: ServiceDay, reason: str, at: datetime | None = None) -> ServiceDay:
    """Snow, a closed road: the day is not held. People, villages and who has reserved are told at once.

    Raises Refused "not_planned", "empty_text".
    """
    at, reason = now_or(at), clean_text(reason, most=300, field="reason")
    found = ServiceDay.objects.select_for_update(of=("self",)).select_related("region", "plan").get(pk=day.pk)
    if found.state != DayState.PLANNED:
        raise Refused(
            _("这一场%(state)s，不能取消。") % {"state": found.get_state_display()}, code="not_planned"
        )
    people, places = _told_of([found])
    _cancel(found, by, at, reason)
    if found.plan is not None:
        bump(found.plan, "day_cancelled", by, at, place=found.region_id, on=found.on.isoformat(), why=reason)
        tell_team(plan=found.plan, told={one: Told(tuple(was), ()) for one, was in people.items()}, by=by)
        tell_places(plan=found.plan, told={one: Told(tuple(was), ()) for one, was in places.items()}, by=by)
    return found


@transaction.atomic
def begin_replacement(*, by: Actor, plan: Plan, at: datetime | None = None) -> Plan:
    """A draft with the published days to come, to be changed by hand or by the planner.

    Raises Refused "not_published", "plan_exists", "past_month".
    """
    at = now_or(at)
    if plan.state != PlanState.PUBLISHED:
        raise Refused(_("只有已公布的计划可以调整。"), code="not_published")
    made: Plan = make_plan(by=by, region=plan.region, month=plan.month, at=at)
    today = timezone.localdate(at)
    days = plan.days.filter(state=DayState.PLANNED, on__gt=today).select_related("region")
    for day in days.order_by("on", "region_id").prefetch_related("team__worker"):
        copy = add(plan=made, region=day.region, on=day.on, why=day.why,
                   team={member.worker: member.skill for member in day.team.all()})  # fmt: skip
        copy.starts, copy.ends, copy.room = day.starts, day.ends, day.room
        copy.save(update_fields=["starts", "ends", "room"])
    return made
