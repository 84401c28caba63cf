"""The board: today's figures, whose the late matters are, and what waits for a decision of the supervisor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mingbai.cases.enums import GRADES, AppealState, ExtensionState
from mingbai.cases.models import Case, Extension, Rating
from mingbai.cases.perms import can_decide_appeal, can_decide_extension
from mingbai.core.pagination import page_of
from mingbai.core.when import moment
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.board.asked import tabs
from mingbai.web.board.counts import FIGURES, Glance, glance, loads, rows_of, with_names
from mingbai.web.board.reach import BoardReach
from mingbai.web.board.rows import Known, table
from mingbai.web.desk.worklist import warned_from
from mingbai.web.matters import title_of

SHOWN, MOST_STATIONS, MOST_DECISIONS = 6, 12, 30
CARDS = ("today", "open", "late", "untaken")
LISTS = ("risk", "designate", "late", "soon", "badly")


class PlaceForm(forms.Form):
    """Lives in the address."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)

    def __init__(self, data: Any, reach: BoardReach) -> None:
        super().__init__(data, auto_id="board_%s")
        self.fields["region"].choices = [("", _("全部")), *reach.regions()]  # type: ignore[attr-defined]


def _reach(request: HttpRequest) -> BoardReach:
    user: User = request.user  # type: ignore[assignment]
    return BoardReach(user, request.GET.get("region", "")[:12])


@staff(Permission.BOARD_SEE)
def home(request: HttpRequest) -> HttpResponse:
    reach, now = _reach(request), timezone.now()
    seen = glance(reach, now, LISTS, SHOWN)
    context = {
        "tabs": tabs("home"),
        "name": reach.name,
        "now": now,
        "form": PlaceForm(request.GET, reach) if reach.regions() else None,
        "cards": [_card(reach, code, seen.counts[code]) for code in CARDS],
        "lists": _lists(reach, seen, now),
        "stations": _stations(reach, now),
        "decisions": [*_extensions(reach), *_appeals(reach)],
        "warning": _warning(reach, seen.estimated),
        "here_url": request.get_full_path(),
    }
    return render(request, "board/home.html", context)


def rows_url(reach: BoardReach, code: str, **more: str) -> str:
    asked = {"of": code, **({"region": reach.region} if reach.region else {}), **more}
    return f"{reverse('board:rows')}?{urlencode(asked)}"


def _count(count: int) -> str:
    return ngettext("看 %(count)d 件", "看 %(count)d 件", count) % {"count": count}


def _card(reach: BoardReach, code: str, count: int) -> dict[str, Any]:
    figure = FIGURES[code]
    return {
        "label": figure.label,
        "value": f"{count:,}",
        "definition": figure.definition,
        "url": rows_url(reach, code),
        "rows_label": _count(count),
        "tone": "late" if code in ("late", "untaken") and count else "",
    }


_EMPTY = {
    "risk": gettext_lazy("没有待处置的风险。"),
    "designate": gettext_lazy("没有等指定承办的办件。"),
    "late": gettext_lazy("没有超期的办件。"),
    "soon": gettext_lazy("没有快到期的办件。"),
    "badly": gettext_lazy("没有等回访的差评。"),
}


def _lists(reach: BoardReach, seen: Glance, now: datetime) -> list[dict[str, Any]]:
    """The matters of all lists are read once, in the order of each."""
    ids = frozenset().union(*seen.first.values())
    may_open = Exists(Case.objects.visible_to(reach.user).filter(pk=OuterRef("pk")).order_by())
    rows = with_names(Case.objects.filter(pk__in=ids)).annotate(may_open=may_open).order_by("due_at", "id")
    cases = list(rows) if ids else []
    opened = frozenset(case.pk for case in cases if case.may_open)
    known = Known(opened, warned_from(cases) if cases else {})
    of = {code: [case for case in cases if case.pk in seen.first[code]] for code in LISTS}
    return [_list(reach, code, seen.counts[code], of[code], known, now) for code in LISTS]


def _list(
    reach: BoardReach, code: str, count: int, cases: Sequence[Case], known: Known, now: datetime
) -> dict[str, Any]:
    return {
        "code": code,
        "title": FIGURES[code].label if code != "late" else _("超期的，是谁的"),
        "count": count,
        "rows": table(reach, cases, now, code, known),
        "url": rows_url(reach, code) if count > len(cases) else "",
        "all": _("看全部 %(n)d 件") % {"n": count},
        "empty": _EMPTY[code],
    }


def _stations(reach: BoardReach, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "in_work": one.in_work,
            "in_work_url": rows_url(reach, "open", station=one.code),
            "late": one.late,
            "late_url": rows_url(reach, "late", station=one.code),
            "untaken": one.untaken,
            "untaken_url": rows_url(reach, "untaken", station=one.code),
            "since": moment(one.oldest) if one.oldest else "",
        }
        for one in loads(reach, now, MOST_STATIONS)
    ]


def _extensions(reach: BoardReach) -> list[dict[str, str]]:
    """Asked for, and this person's to decide."""
    if not can(reach.user, Permission.CASE_EXTEND):
        return []
    asked = Extension.objects.filter(state=ExtensionState.ASKED, clock__case__in=reach.cases.values("pk"))
    found = asked.select_related("clock__case__station", "clock__case__owner", "clock__rule").order_by(
        "asked_at", "id"
    )
    return [
        {
            "sign": _("延期申请"),
            "title": title_of(one.clock.case),
            "text": _("%(who)s申请把“%(rule)s”延长 %(n)d%(unit)s：%(why)s")
            % {
                "who": one.asked_by,
                "rule": one.clock.rule.name,
                "n": one.amount,
                "unit": one.clock.rule.get_unit_display(),
                "why": one.reason,
            },
            "station": one.clock.case.station.name,
            "at": moment(one.asked_at),
            "url": reverse("desk:act", args=[one.clock.case.number, "decide_extension"]),
        }
        for one in found.order_by("asked_at", "id")[:MOST_DECISIONS]
        if can_decide_extension(reach.user, one.clock.case)
    ]


def _appeals(reach: BoardReach) -> list[dict[str, str]]:
    if not can(reach.user, Permission.CASE_DESIGNATE):
        return []
    asked = Rating.objects.filter(appeal=AppealState.ASKED, case__in=reach.cases.values("pk"))
    found = asked.select_related("case__station", "case__owner").order_by("at", "case_id")
    return [
        {
            "sign": _("评价申诉"),
            "title": title_of(one.case),
            "text": _("评了“%(grade)s”，站点说评错了：%(why)s")
            % {"grade": GRADES[one.grade], "why": one.appeal_reason},
            "station": one.case.station.name,
            "at": moment(one.at),
            "url": reverse("desk:act", args=[one.case.number, "decide_appeal"]),
        }
        for one in found[:MOST_DECISIONS]
        if can_decide_appeal(reach.user, one)
    ]


def _warning(reach: BoardReach, count: int) -> dict[str, str] | None:
    """Deadlines that rest on a year whose holidays are not published yet."""
    if not count:
        return None
    text = ngettext(
        "%(count)d 件在办办件的到期日按推算的日历计算；国务院的放假通知公布后载入，到期日自动更正。",
        "%(count)d 件在办办件的到期日按推算的日历计算；国务院的放假通知公布后载入，到期日自动更正。",
        count,
    ) % {"count": count}
    return {"text": text, "url": _calendar_url(reach)}


def _calendar_url(reach: BoardReach) -> str:
    return reverse("manage:calendar") if can(reach.user, Permission.RULES_EDIT) else ""


@staff(Permission.BOARD_SEE)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows behind one figure, page by page; of one station where the address names it."""
    reach, now = _reach(request), timezone.now()
    code, station = request.GET.get("of", ""), request.GET.get("station", "")[:16]
    if code not in FIGURES:
        raise Http404
    page = page_of(rows_of(reach, code, now, station), request.GET, 50)
    at = reach.places.stations.get(station)
    context = {
        "figure": FIGURES[code],
        "name": at.name if at else reach.name,
        "page": page,
        "rows": table(reach, page.items, now, code),
        "board_url": f"{reverse('board:home')}{'?region=' + reach.region if reach.region else ''}",
        "empty": _EMPTY.get(code, _("没有这样的办件。")),
        "here_url": request.get_full_path(),
    }
    return render(request, "board/rows.html", context)
