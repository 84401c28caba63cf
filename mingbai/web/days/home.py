"""What is coming: my days, days that wait to be closed, the published days of the region, what to look at."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.servicedays.actions.records import settle_flag
from mingbai.servicedays.enums import Skill
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.servicedays.perms import can_plan, can_work_day
from mingbai.servicedays.queries.days import flagged, my_days, to_close, with_counts
from mingbai.web.access import staff, user_of
from mingbai.web.days.reach import hours_of, tabs, tried
from mingbai.web.where import full_name

AHEAD = timedelta(days=62)
MOST = 60


@staff(Permission.CASE_SEE)
def home(request: HttpRequest) -> HttpResponse:
    user, today = user_of(request), timezone.localdate()
    coming = ServiceDay.objects.announced().within(today, today + AHEAD).select_related("region")
    mine, late = list(my_days(user)[:MOST]), list(to_close(user)[:MOST])
    context = {
        "tabs": tabs(request, "home"),
        "mine": [row_of(day) for day in mine],
        "late": [row_of(day) for day in late if can_work_day(user, day)],
        "coming": _coming(request, list(coming.prefetch_related("team").order_by("on", "region_id")[:MOST])),
        "flagged": [_flag_row(record) for record in flagged(user)[:MOST]],
    }
    return render(request, "days/home.html", context)


def row_of(day: ServiceDay, *, opens: bool = True) -> dict[str, Any]:
    """A day as a line of a list."""
    places = register()
    hours = hours_of(day)
    return {
        "pk": day.pk,
        "place": full_name(places, day.region_id),
        "on": day_words(day.on, today=timezone.localdate()),
        "is_today": day.on == timezone.localdate(),
        "facts": [fact for fact in (hours, day.room) if fact],
        "url": reverse("days:day", args=[day.pk]) if opens else "",
        "state": day.get_state_display(),
    }


def _coming(request: HttpRequest, days: list[ServiceDay]) -> list[dict[str, Any]]:
    user, counts = user_of(request), with_counts(days)
    return [
        {
            **row_of(day, opens=can_work_day(user, day)),
            "team": _team_words([member.skill for member in day.team.all()]),
            "records": sum(counts.get(day.pk, {}).values()),
        }
        for day in days
    ]


def _team_words(skills: list[str]) -> str:
    """律师 2、调解员 1."""
    return "、".join(f"{skill.label} {skills.count(skill)}" for skill in Skill if skill in skills)


def _flag_row(record: DayRecord) -> dict[str, Any]:
    return {
        "pk": record.pk,
        "what": record.get_kind_display(),
        "why": record.get_flag_display(),
        "place": record.day.region.name,
        "on": day_words(record.day.on),
        "by": record.written_by,
        "case": record.case.number if record.case else "",
    }


@staff(Permission.CASE_SEE)
@require_POST
def looked_at(request: HttpRequest, pk: int) -> HttpResponse:
    """A flagged record counts as it stands."""
    records = DayRecord.objects.visible_to(user_of(request)).select_related("day")
    record = get_object_or_404(records, pk=pk)
    if can_work_day(user_of(request), record.day) or can_plan(user_of(request), record.day.region_id):
        tried(request, lambda: settle_flag(by=user_of(request).actor, record=record), _("已核对。"))
    return redirect("days:home")
