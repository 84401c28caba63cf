"""Sets exchanged with another system: what would be sent, what went and came, and their codes beside ours."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.refused import Refused
from mingbai.integrations.models import Endpoint, ExternalCode, RecordSet, SetState
from mingbai.integrations.partners.enums import Way
from mingbai.integrations.records import actions, province
from mingbai.integrations.records.rules import COLUMN
from mingbai.people.models import User
from mingbai.people.perms import can_keep_partners
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField, said
from mingbai.web.pages import Ask, columns

MOST, MOST_SHOWN = 60, 20
HIDDEN = frozenset({"name", "phone", "text"})
"""Of these a dry run says only whether something is in them: who keeps partners reads no matters."""
TABLES = [
    (COLUMN, gettext_lazy("列名")),
    ("verb", gettext_lazy("事项")),
    ("state", gettext_lazy("状态")),
    ("kind", gettext_lazy("业务类别")),
    ("region", gettext_lazy("地区")),
    ("yes_no", gettext_lazy("是否")),
]


def _reached(request: HttpRequest, code: str) -> tuple[User, Endpoint]:
    user: Any = request.user
    if not can_keep_partners(user):
        raise PermissionDenied
    found = Endpoint.objects.filter(way=Way.SETS).select_related("partner")
    return user, get_object_or_404(found, code=code)


@staff(Permission.PARTNERS_EDIT)
def sets(request: HttpRequest, code: str) -> HttpResponse:
    """The dry run, the log, and the ways to send, take and repeat."""
    user, endpoint = _reached(request, code)
    if request.method == "POST":
        try:
            _do(request, user, endpoint)
        except Refused as refused:
            messages.error(request, said(refused))
        return redirect("manage:endpoint_sets", code)
    tried = province.trial(endpoint)
    context = {
        "endpoint": endpoint,
        "folder": "" if endpoint.url else f"exchange/{endpoint.code}",
        "count": len(tried.records),
        "trial": _trial_table(tried),
        "gaps": _gaps_said(tried),
        "log": [_log_row(row) for row in RecordSet.objects.filter(system=code).defer("table_sealed")[:MOST]],
    }
    return render(request, "manage/sets.html", context)


def _do(request: HttpRequest, user: User, endpoint: Endpoint) -> None:
    act, number = request.POST.get("do", ""), request.POST.get("set", "")[:64]
    if act == "push":
        gone = province.push(by=user.actor, endpoint=endpoint)
        _say(request, [row for row in gone if row.state == SetState.SENT], [row.error for row in gone])
    elif act == "pull":
        came = province.pull(by=user.actor, endpoint=endpoint)
        why = [str(one) for _name, one in came if isinstance(one, Refused)]
        _say(request, [one for _name, one in came if isinstance(one, RecordSet)], why)
    elif act == "repeat":
        row = province.repeat(by=user.actor, endpoint=endpoint, number=number)
        _say(request, [row] if row.state == SetState.SENT else [], [row.error])
    elif act == "again":
        row = get_object_or_404(RecordSet, system=endpoint.code, direction="in", number=number)
        land = province.landing(endpoint)
        row = actions.read_again(by=user.actor, row=row, columns=province.COLUMNS, land=land)
        _say(request, [row], [])


def _say(request: HttpRequest, done: list[RecordSet], why: list[str]) -> None:
    messages.success(
        request, _("%(sets)d 批，%(rows)d 条。") % {"sets": len(done), "rows": sum(r.rows for r in done)}
    )
    for one in filter(None, why):
        messages.error(request, one)


def _trial_table(tried: province.Trial) -> dict[str, Any] | None:
    if not tried.records:
        return None
    plain = [column.own for column in province.COLUMNS]
    rows = [
        {"cells": [_cell(own, value) for own, value in zip(plain, record.values(), strict=True)]}
        for record in tried.records[:MOST_SHOWN]
    ]
    return {"columns": columns(*tried.records[0]), "rows": rows}


def _cell(own: str, value: str) -> str:
    return _("有") if own in HIDDEN and value else value or "–"


def _gaps_said(tried: province.Trial) -> list[str]:
    """Each once, with how often."""
    found = [(gap.column, gap.value, gap.why) for gaps in tried.gaps for gap in gaps]
    lack = {
        "missing": _("%(column)s：缺，不能送"),
        "no_code": _("%(column)s：“%(value)s”没有对方代码，按我们的送"),
    }
    return [lack[why] % {"column": column, "value": value} for column, value, why in dict.fromkeys(found)][
        :40
    ]


def _log_row(row: RecordSet) -> dict[str, Any]:
    counts = row.counts
    return {
        "number": row.number,
        "direction": row.get_direction_display(),
        "state": row.get_state_display(),
        "rows": row.rows,
        "counts": _("新 %(new)d、已有 %(same)d、没收 %(refused)d") % counts if "new" in counts else "",
        "why": [f"{one['line']}：{one['why']}" for one in counts.get("why", [])][:5],
        "error": row.error,
        "at": when.moment(row.moved_at),
        "do": "repeat" if row.direction == "out" else "again" if row.state == SetState.TAKEN else "",
    }


class CodeForm(forms.Form):
    table = forms.ChoiceField(label=gettext_lazy("代码表"), choices=TABLES)
    own = WordsField(label=gettext_lazy("我们的代码"), most=64)
    code = forms.CharField(
        label=gettext_lazy("对方代码"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("空着就去掉这一行。"),
    )
    name = forms.CharField(label=gettext_lazy("对方名称"), max_length=128, required=False)
    reads = forms.BooleanField(label=gettext_lazy("收到这个代码时读成这一项"), required=False, initial=True)


@staff(Permission.PARTNERS_EDIT)
def codes(request: HttpRequest, code: str) -> HttpResponse:
    """Their codes beside ours, one at a time; what is there stands above."""
    user, endpoint = _reached(request, code)
    names = dict(TABLES)
    rows = ExternalCode.objects.filter(system=code).order_by("table", "own")[:500]
    known = "；".join(
        f"{names.get(row.table, row.table)} {row.own} = {row.code} {row.name}".strip() for row in rows
    )

    def act(data: dict[str, Any]) -> str:
        actions.set_code(by=user.actor, system=code, **data)
        return reverse("manage:endpoint_codes", args=[code])

    lead = _("现在的对照：%(known)s") % {"known": known or _("还没有")}
    back = (endpoint.name, reverse("manage:endpoint_sets", args=[code]))
    return Ask(_("代码对照"), CodeForm, act, back, lead=lead).show(request)
