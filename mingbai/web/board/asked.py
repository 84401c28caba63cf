"""The period and the region that a page of figures is asked for, and what stands at its top."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.when import day as day_words
from mingbai.figures.perms import can_see_figures, figure_regions
from mingbai.figures.rules import Period
from mingbai.people.models import User
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.web.forms import DayField, day_typed
from mingbai.web.ways import Room

FIRST_YEAR = 1990
"""No hotline 12348 before it, nor any figure."""


class PeriodForm(forms.Form):
    """Lives in the address; what is not understood falls back to this year."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    first = DayField(label=gettext_lazy("自"), required=False)
    last = DayField(label=gettext_lazy("至"), required=False)

    of = forms.CharField(required=False, widget=forms.HiddenInput)
    group = forms.CharField(required=False, widget=forms.HiddenInput)
    compare = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, regions: list[tuple[str, str]]) -> None:
        super().__init__(data, auto_id="period_%s")
        self.fields["region"].choices = regions  # type: ignore[attr-defined]


def asked(request: HttpRequest) -> Period:
    """The period of the address. PermissionDenied for a region whose figures are not this person's."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    first = day_of(request.GET.get("from") or request.GET.get("first", "")) or date(today.year, 1, 1)
    last = day_of(request.GET.get("to") or request.GET.get("last", "")) or min(
        today, date(first.year, 12, 31)
    )
    region = request.GET.get("region", "")[:12] or own_region(user)
    if not can_see_figures(user, region):
        raise PermissionDenied
    return Period(min(first, last), max(first, last), region)


def day_of(text: str) -> date | None:
    """A day that figures may be asked of; a year to come is as good as the next one."""
    found = day_typed(text)
    if found is None or found.year < FIRST_YEAR:
        return None
    return min(found, date(timezone.localdate().year + 1, 12, 31))


def own_region(user: User) -> str:
    """The highest region whose figures are theirs. PermissionDenied where there is none."""
    choices = region_choices(user)
    if not choices:
        raise PermissionDenied
    return choices[0][0]


def region_choices(user: User) -> list[tuple[str, str]]:
    """The city and its counties, or the county and its townships: as far as they reach, the highest first."""
    places, found = register(), figure_regions(user)
    order = {Level.CITY: 0, Level.COUNTY: 1, Level.TOWNSHIP: 2, Level.VILLAGE: 3}
    rows = sorted((order[Level(places.regions[code].level)], code) for code in found)
    top = rows[0][0] if rows else 0
    return [(code, places.regions[code].name) for level, code in rows if level <= top + 1]


def query_of(period: Period) -> str:
    return urlencode(
        {"from": period.first.isoformat(), "to": period.last.isoformat(), "region": period.region}
    )


def period_words(period: Period) -> str:
    """“2026年” for a whole year, else its days."""
    first, last = period.first, period.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return _("%(year)d年") % {"year": first.year}
    today = timezone.localdate()
    return _("%(first)s 至 %(last)s") % {
        "first": day_words(first, today=today),
        "last": day_words(last, today=today),
    }


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the board: today, the figures, the letter, the letters that were issued."""
    pages = {
        "home": _("今天"),
        "figures": _("数据"),
        "map": _("地图"),
        "weekly": _("周报"),
        "letter": _("报告"),
        "letters": _("已发报告"),
    }
    return Room("board").tabs(pages.items(), here)


def head(request: HttpRequest, period: Period, here: str) -> dict[str, Any]:
    """What every page of figures says at its top."""
    user: User = request.user  # type: ignore[assignment]
    data = {"region": period.region, "first": period.first, "last": period.last}
    data |= {name: request.GET[name] for name in ("group", "compare", "of") if name in request.GET}
    return {
        "tabs": tabs(here),
        "name": register().regions[period.region].name,
        "period": period_words(period),
        "form": PeriodForm(data, region_choices(user)),
        "query": query_of(period),
    }
