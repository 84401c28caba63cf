"""What is missing where: need, own hands, who is sent; how unequal that is; who has waited longest."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.people.perms import reach
from mingbai.people.roles import Permission
from mingbai.places.enums import Level
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.servicedays.enums import PlanState, Skill
from mingbai.servicedays.models import Plan
from mingbai.servicedays.queries.figures import day_figures, days_per_township
from mingbai.servicedays.queries.month import first_of, last_of
from mingbai.servicedays.queries.needs import waited_longest
from mingbai.servicedays.queries.resources import Resources, coverage, resources, without_point
from mingbai.servicedays.rules.coverage import Coverage, CoverageRow
from mingbai.web.access import staff, user_of
from mingbai.web.days.plans import coming_months, month_words
from mingbai.web.days.reach import tabs
from mingbai.web.maps import Map, Point, drawn_in
from mingbai.web.pages import columns as headed
from mingbai.web.where import Choices, full_name

MOST_ROWS, MOST_POINTS, BACK = 24, 12, 12


class MonthForm(forms.Form):
    """Lives in the address."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    month = forms.TypedChoiceField(label=gettext_lazy("哪个月"), coerce=int, required=False)
    skill = forms.ChoiceField(
        label=gettext_lazy("哪类人员"), choices=[("", gettext_lazy("全部")), *Skill.choices], required=False
    )

    def __init__(self, data: Any, regions: Choices, months: list[int]) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        self.fields["month"].choices = [(n, month_words(n)) for n in months]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Asked:
    region: str
    month: int
    skill: str


@staff(Permission.CASE_SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    regions = _regions(request)
    if not regions:
        context = {"tabs": tabs(request, "coverage"), "nothing": True}
        return render(request, "days/coverage.html", context)
    months = _months()
    form = MonthForm(request.GET, regions, months)
    asked = _asked(form, regions, _likely_month(request))
    found = coverage(asked.month, asked.region)
    people = resources(asked.month, asked.region)
    shown = {"region": asked.region, "month": asked.month, "skill": asked.skill}
    context = {
        "tabs": tabs(request, "coverage"),
        "form": MonthForm(shown, regions, months),
        "title": f"{register().regions[asked.region].name} {month_words(asked.month)}",
        "before": found.before.words,
        "after": found.after.words,
        "is_planned": any(row.planned for row in found.rows),
        "table": _table(found, asked.skill),
        "hands": _hands(people),
        "notes": found.notes,
        "longest": _longest(asked.region),
        "townships": _townships(asked),
        "figures": day_figures(first_of(asked.month), last_of(asked.month), asked.region),
        "unlocated": _unlocated(asked.region),
        "map": _map(asked.region, found),
    }
    return render(request, "days/coverage.html", context)


def _hands(people: Resources) -> list[dict[str, Any]]:
    """How many there are of each skill and what they can do in the month."""
    return [
        {
            "label": skill.label,
            "heads": people.heads.get(skill, 0),
            "capacity": people.capacity.get(skill, 0),
        }
        for skill in Skill
    ]


def _unlocated(region: str) -> list[dict[str, str]]:
    return [
        {
            "name": full_name(register(), row.spot),
            "url": reverse("days:point", args=[row.station]) if row.station else "",
        }
        for row in without_point(region)[:MOST_POINTS]
    ]


def _likely_month(request: HttpRequest) -> int:
    """The last month that is being planned, else the next."""
    planned = Plan.objects.visible_to(user_of(request)).exclude(state=PlanState.DROPPED)
    month = planned.order_by("-month").values_list("month", flat=True).first()
    return month if month in _months() else coming_months(timezone.localdate())[1]


def _months() -> list[int]:
    """A year back, half a year ahead."""
    today = timezone.localdate()
    start = today.year * 12 + today.month - 1 - BACK
    return [n // 12 * 100 + n % 12 + 1 for n in range(start, start + BACK + 6)]


def _regions(request: HttpRequest) -> Choices:
    """The city where the user sees all of it, and the counties of which they see anything."""
    found, places = reach(user_of(request), Permission.CASE_SEE), register()
    counties = {*found.counties, *(places.county_of(code) for code in found.regions)} - {""}
    for city in found.cities:
        counties |= {
            row.code for row in places.children(city, timezone.localdate()) if row.level == Level.COUNTY
        }
    return [(code, places.regions[code].name) for code in [*sorted(found.cities), *sorted(counties)]]


def _asked(form: MonthForm, regions: Choices, month: int) -> Asked:
    form.is_valid()
    data = form.cleaned_data
    return Asked(data.get("region") or regions[0][0], data.get("month") or month, data.get("skill") or "")


def _table(found: Coverage, skill: str) -> dict[str, Any]:
    """The places that lack most first."""
    rows = [row for row in found.rows if row.need and (not skill or row.skill == skill)]
    rows.sort(key=lambda row: (-row.missing, -row.urgent, row.spot))
    columns = [
        _("地点"),
        _("人员"),
        _("#在等"),
        _("#其中急"),
        _("#当地能办"),
        _("#派来能办"),
        _("#还缺"),
        _("#办得到"),
    ]
    return {
        "columns": headed(*columns),
        "rows": [{"cells": _cells(row)} for row in rows[:MOST_ROWS]],
        "more": max(0, len(rows) - MOST_ROWS),
    }


def _cells(row: CoverageRow) -> list[Any]:
    return [
        {"text": row.name, "url": f"{reverse('days:needs')}?region={row.spot}&skill={row.skill}"},
        Skill(row.skill).label,
        row.need,
        row.urgent,
        row.own,
        row.planned,
        row.missing,
        f"{round(100 * row.share)}%" if row.share is not None else "",
    ]


def _longest(region: str) -> list[dict[str, Any]]:
    places = register()
    return [
        {
            "place": full_name(places, row.spot),
            "skill": Skill(row.skill).label,
            "days": row.days,
            "since": day_words(row.since, today=timezone.localdate()),
            "url": f"{reverse('days:needs')}?region={row.spot}&skill={row.skill}",
        }
        for row in waited_longest(region, timezone.localdate(), 8)
    ]


def _townships(asked: Asked) -> list[dict[str, Any]]:
    """Days of the year so far against the least of the rule; those that lack most."""
    places = register()
    rows = days_per_township(asked.month // 100, asked.region, timezone.localdate())
    return [
        {
            "place": full_name(places, row.township),
            "held": row.held,
            "planned": row.planned,
            "least": row.least,
            "lacks": row.lacks,
        }
        for row in rows
        if row.lacks
    ][:20]


def _map(region: str, found: Coverage) -> Map | None:
    """How many people cannot be served at each place with a point, where there are outlines."""
    missing: dict[str, int] = {}
    for row in found.rows:
        missing[row.spot] = missing.get(row.spot, 0) + row.missing
    stations = Station.objects.filter(region_id__in=missing, latitude__isnull=False).order_by("code")
    points: dict[str, Point] = {}
    for code, latitude, longitude in stations.values_list("region_id", "latitude", "longitude"):
        if missing[code] and latitude is not None and longitude is not None:
            name = register().regions[code].name
            url = f"{reverse('days:needs')}?region={code}"
            points.setdefault(code, Point(float(longitude), float(latitude), str(missing[code]), name, url))
    return drawn_in(region, list(points.values()))
