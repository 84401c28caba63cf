"""Mediations by what they wait for, with the clock that runs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.checks import mask_name
from mingbai.core.pagination import page_of
from mingbai.mediation.enums import Stage
from mingbai.mediation.models import Mediation
from mingbai.mediation.queries.lists import GROUPS, group_counts, mediations
from mingbai.people.models import User
from mingbai.people.perms import can, is_only_own
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.chips import chip_of
from mingbai.web.matters import title_of
from mingbai.web.ways import Room, tab

PAGE = 30
_LABELS = {
    "prepare": gettext_lazy("问意愿、定调解员"),
    "asked": gettext_lazy("等补充"),
    "talk": gettext_lazy("调解中"),
    "sign": gettext_lazy("待签字盖章"),
    "tell": gettext_lazy("待告知办结"),
    "court": gettext_lazy("司法确认"),
    "perform": gettext_lazy("履行与回访"),
    "ended": gettext_lazy("已结束"),
}


@staff(Permission.CASE_SEE)
def home(request: HttpRequest) -> HttpResponse:
    """One group at a time, due first; an unknown group is the first that holds something."""
    user: User = request.user  # type: ignore[assignment]
    counts = group_counts(user)
    asked = request.GET.get("group", "")
    group = asked if asked in GROUPS else next((code for code, n in counts.items() if n), "prepare")
    page = page_of(mediations(user, group), request.GET, PAGE)
    context = {
        "tabs": [_tab(code, group, counts) for code in GROUPS],
        "group": _LABELS[group],
        "rows": _rows(list(page.items)),
        "page": page,
        "pages": pages(request, "home"),
        "may_open": can(user, Permission.CASE_OPEN),
        "new_url": f"{reverse('desk:new')}?kind=mediation",
    }
    return render(request, "mediation/home.html", context)


def _tab(code: str, current: str, counts: dict[str, int]) -> dict[str, Any]:
    return tab(_LABELS[code], f"?group={code}", current=code == current, count=counts.get(code, ""))


def _rows(found: list[Mediation]) -> list[dict[str, Any]]:
    now, workdays = timezone.now(), register().workdays
    return [_row(one, now, workdays) for one in found]


def _row(one: Mediation, now: Any, workdays: Any) -> dict[str, Any]:
    case = one.case
    person = case.party or case.speaker
    late = case.due_at is not None and case.due_at < now
    return {
        "number": case.number,
        "title": title_of(case),
        "stage": Stage(case.stage).label,
        "clock": chip_of(now, case.due_at, "late" if late else "on_time", workdays) if case.due_at else None,
        "at_risk": case.at_risk,
        "facts": [
            str(one.get_dispute_display()) if one.dispute else _("类型未定"),
            mask_name(person.name) if person and person.name else _("未留姓名"),
            str(one.get_source_display()),
            one.committee.organisation.name if one.committee else "",
            case.station.name,
            _("%(day)s收到") % {"day": when.day(case.opened_at)},
        ],
    }


def pages(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The pages of mediation, for whom they are."""
    found = [("home", _("人民调解"))]
    if can(request.user, Permission.PEOPLE_EDIT):
        found.append(("committees", _("调解委员会")))
    tabs = Room("mediation").tabs(found, current)
    if can(request.user, Permission.PERSON_SHOW) and not is_only_own(request.user):
        tabs.append(tab(_("报送"), reverse("filings:system", args=["sft0018"])))
    return tabs
