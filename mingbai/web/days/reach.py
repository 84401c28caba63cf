"""How a page of service days reaches its objects: what the user may not see does not exist (404)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.servicedays.enums import DayState
from mingbai.servicedays.models import Need, Plan, ServiceDay
from mingbai.servicedays.perms import can_plan, can_take_need, can_work_day, days_filter, planning_regions
from mingbai.web.access import user_of
from mingbai.web.forms import said
from mingbai.web.ways import Room
from mingbai.web.where import Choices


def need_for(request: HttpRequest, pk: int) -> Need:
    """A need that the user may end or change."""
    user = user_of(request)
    need = get_object_or_404(Need.objects.visible_to(user).select_related("region", "spot", "case"), pk=pk)
    if not can_take_need(user, need.region_id):
        raise PermissionDenied
    return need


def plan_for(request: HttpRequest, pk: int, *, edits: bool = False) -> Plan:
    user = user_of(request)
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("region", "replaces"), pk=pk)
    if edits and not can_plan(user, plan.region_id):
        raise PermissionDenied
    return plan


def day_for(request: HttpRequest, pk: int) -> ServiceDay:
    """A published day that the user works at, plans or heads; drafts are on their board."""
    user = user_of(request)
    days = ServiceDay.objects.filter(days_filter(user)).exclude(state=DayState.DRAFT)
    day = get_object_or_404(days.select_related("region", "station", "plan"), pk=pk)
    if not can_work_day(user, day):
        raise PermissionDenied
    return day


def planned_regions(request: HttpRequest) -> Choices:
    """Cities and counties whose months the user plans, the city first: (code, name)."""
    places = register()
    rows = [places.regions[code] for code in planning_regions(user_of(request))]
    order = {Level.CITY: 0, Level.COUNTY: 1}
    kept = sorted(
        (row for row in rows if row.level in order), key=lambda row: (order[Level(row.level)], row.code)
    )
    return [(row.code, row.name) for row in kept]


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The pages of service days, for whom they are."""
    pages = [("home", _("服务日")), ("needs", _("需求")), ("coverage", _("哪里缺人"))]
    if planned_regions(request):
        pages += [("plans", _("排计划")), ("terms", _("约定"))]
    return Room("days").tabs(pages, current)


def hours_of(day: ServiceDay) -> str:
    """9:00–15:00 as people write it, "" where nobody has said."""
    return f"{day.starts:%H:%M}–{day.ends:%H:%M}" if day.starts and day.ends else ""


def tried(request: HttpRequest, act: Callable[[], Any], done: str = "") -> bool:
    """Do it and say so above the next page; a refusal is said there too, and nothing was changed."""
    try:
        act()
    except Refused as refused:
        messages.error(request, said(refused))
        return False
    if done:
        messages.success(request, done)
    return True
