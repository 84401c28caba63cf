"""Applications for legal aid by what they wait for, with the clock that runs."""

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
from mingbai.legalaid.enums import Stage
from mingbai.legalaid.models import Application, Matter
from mingbai.legalaid.queries.lists import GROUPS, applications, group_counts
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
    "decide": gettext_lazy("待决定"),
    "asked": gettext_lazy("等补充"),
    "second": gettext_lazy("待复核"),
    "assign": gettext_lazy("待指派"),
    "work": gettext_lazy("承办中"),
    "files": gettext_lazy("待审结案材料"),
    "objections": gettext_lazy("异议"),
    "tell": gettext_lazy("待告知办结"),
    "ended": gettext_lazy("已结束"),
}


def _shown_to(user: User) -> bool:
    """In the menu of who decides, judges, or works aid alone."""
    return (
        can(user, Permission.AID_DECIDE)
        or can(user, Permission.AID_OBJECTION)
        or (can(user, Permission.CASE_SEE) and is_only_own(user))
    )


@staff(Permission.CASE_SEE)
def home(request: HttpRequest) -> HttpResponse:
    """One group at a time, due first; an unknown group is the first."""
    user: User = request.user  # type: ignore[assignment]
    counts = group_counts(user)
    asked = request.GET.get("group", "")
    group = asked if asked in GROUPS else next((code for code, n in counts.items() if n), "decide")
    page = page_of(applications(user, group), request.GET, PAGE)
    context = {
        "tabs": [_tab(code, group, counts) for code in GROUPS],
        "group": _LABELS[group],
        "rows": _rows(list(page.items)),
        "page": page,
        "pages": pages(request, "home"),
        "may_open": can(user, Permission.CASE_OPEN),
        "new_url": f"{reverse('desk:new')}?kind=legal_aid",
    }
    return render(request, "aid/home.html", context)


home.shown_to = _shown_to  # type: ignore[attr-defined]


def _tab(code: str, current: str, counts: dict[str, int]) -> dict[str, Any]:
    return tab(_LABELS[code], f"?group={code}", current=code == current, count=counts.get(code, ""))


def _rows(found: list[Application]) -> list[dict[str, Any]]:
    names = dict(Matter.objects.order_by("valid_from").values_list("code", "plain"))
    now, workdays = timezone.now(), register().workdays
    return [_row(one, names, now, workdays) for one in found]


def _row(one: Application, names: dict[str, str], now: Any, workdays: Any) -> dict[str, Any]:
    case = one.case
    person = case.party or case.speaker
    late = case.due_at is not None and case.due_at < now
    return {
        "number": case.number,
        "title": title_of(case),
        "stage": Stage(case.stage).label,
        "clock": chip_of(now, case.due_at, "late" if late else "on_time", workdays) if case.due_at else None,
        "is_urgent": bool(one.hurry),
        "facts": [
            names.get(one.matter, _("事项未定")),
            mask_name(person.name) if person and person.name else _("未留姓名"),
            str(one.get_claim_display()) if one.claim else "",
            case.station.name,
            str(case.owner or ""),
            _("%(day)s收到") % {"day": when.day(case.opened_at)},
        ],
    }


def pages(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The pages of legal aid, for whom they are."""
    user = request.user
    found = [("home", _("法律援助")), ("quality", _("质量评估"))]
    if can(user, Permission.AID_DECIDE):
        found.append(("lawyers", _("法律援助人员")))
    tabs = Room("aid").tabs(found, current)
    if can(user, Permission.PERSON_SHOW) and not is_only_own(user):
        tabs.append(tab(_("报送"), reverse("filings:system", args=["sft0024"])))
    return tabs
