"""What the actions on a plan share: the plan held and at the version one looked at, its days as they were."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.journal.models import Entry
from mingbai.people.models import Worker
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.servicedays.actions._record import enter
from mingbai.servicedays.enums import DayState, PlanState
from mingbai.servicedays.models import Plan, ServiceDay, TeamMember
from mingbai.servicedays.queries.month import first_of, last_of, month_of
from mingbai.servicedays.rules.building import Built, build


def held_plan(plan: Plan, version: int | None = None) -> Plan:
    """The plan as it is now, locked. Raises Refused "changed_meanwhile" for a version that is gone."""
    found: Plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if version is not None and found.version != version:
        raise Refused(
            _("这个计划刚被改过%(who)s，您看到的已不是最新的。") % {"who": _who_was_first(found)},
            code="changed_meanwhile",
            kept=_("您这一步没有执行，别人的改动都在。"),
            do=_("请刷新页面，看看计划现在的样子再改。"),
        )
    return found


def _who_was_first(plan: Plan) -> str:
    last = Entry.objects.filter(chain=plan.chain).order_by("-seq").first()
    if not last:
        return ""
    return _("（%(who)s，%(when)s）") % {"who": last.actor_name, "when": moment(last.at)}


def draft(plan: Plan, version: int | None = None) -> Plan:
    """The plan locked, at that version and open to change. Raises Refused "not_a_draft"."""
    found = held_plan(plan, version)
    if found.state != PlanState.DRAFT:
        raise Refused(
            _("这个计划%(state)s，不能直接改。") % {"state": found.get_state_display()},
            code="not_a_draft",
            do=_("公布后的变动请用“调整”：尽量少改，改了什么会说清楚。"),
        )
    return found


def bump(plan: Plan, verb: str, by: Actor, at: datetime, **data: Any) -> Plan:
    """One more version, and its entry."""
    plan.version += 1
    plan.save(update_fields=["version"])
    enter(plan, verb, by, at, version=plan.version, **data)
    return plan


def built_of(plan: Plan, today: date) -> Built:
    """The month as it is now, for weighing: every day of it is open; what is too soon, publishing says."""
    return build(month_of(plan.region_id, plan.month, plan=plan, today=today))


def a_day(plan: Plan, region: str, on: date) -> Region:
    """The region of a day that can be added. Raises Refused "unknown_region", "other_month", "outside"."""
    found = Region.objects.filter(pk=region).first()
    if found is None:
        raise Refused(_("没有这个地区，请重新选择。"), code="unknown_region", field="region")
    if region not in register().subtree(plan.region_id):
        raise Refused(
            _("%(place)s不在这个计划的范围里。") % {"place": found.name}, code="outside", field="region"
        )
    if not first_of(plan.month) <= on <= last_of(plan.month):
        raise Refused(_("日期不在这个月里。"), code="other_month", field="on")
    return found


def add(plan: Plan, region: Region, on: date, team: dict[Worker, str], why: list[str]) -> ServiceDay:
    """A draft day with its team; the caller has checked that the place is free that day."""
    day = ServiceDay(plan=plan, region=region, on=on, why=why, state=DayState.DRAFT)
    own = next((row.code for row in register().stations_at(region.code)), None)
    day.station_id = own
    day.save(force_insert=True)
    TeamMember.objects.bulk_create(
        TeamMember(day=day, worker=worker, skill=skill) for worker, skill in team.items()
    )
    return day


def drop_from(plan: Plan, since: date) -> None:
    """Take the draft days from a date on away; a draft leaves no trace but the entry.

    A resident reserves only what is published, so no need points to one.
    """
    plan.days.filter(state=DayState.DRAFT, on__gte=since).delete()
