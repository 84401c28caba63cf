"""One piece of work: its calculation line by line; settled before it is paid, corrected after."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core import when
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.subsidies import actions
from mingbai.subsidies.enums import Grade, PieceState
from mingbai.subsidies.models import Piece
from mingbai.web.access import staff, user_of
from mingbai.web.forms import DayField, WordsField
from mingbai.web.pages import Ask, Section, Sheet
from mingbai.web.pay.rows import amount_of, day_of, linked, reckoning, work_of, yuan
from mingbai.web.ways import Room

_ROOM = Room("pay")


@staff(None)
@require_safe
def piece(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece and its calculation line by line: for the person, and for who keeps the place."""
    seen = Piece.objects.visible_to(user_of(request)).select_related("worker", "region", "rate", "sheet")
    one = get_object_or_404(seen, pk=pk)
    return Sheet(
        title=work_of(one),
        tags=[{"text": one.get_state_display(), "tone": ""}],
        facts=[
            (_("人员"), one.worker.name),
            (_("完成"), day_of(one)),
            (_("标准按哪天"), when.day(one.frozen_on)),
            (_("依据"), one.rate.source if one.rate else _("还没有标准")),
            (_("由谁发放"), one.region.name),
            (_("金额"), amount_of(one)),
            (_("发放表"), f"{one.sheet.month // 100}-{one.sheet.month % 100:02}" if one.sheet else ""),
            (_("说明"), one.why),
        ],
        back=(_("我的服务和补贴"), reverse("pay:mine")),
        actions=_todo(user_of(request), one),
        sections=[
            Section(_("怎么算的"), (_("项目"), _("算法"), _("#金额（元）")), reckoning(one)),
            *_corrections(one),
        ],
        chain=one.chain,
    ).show(request)


def _todo(user: User, one: Piece) -> list[dict[str, Any]]:
    if one.corrects_id or not can(user, Permission.SUBSIDY_EDIT, region=one.region_id):
        return []
    if one.state in (PieceState.PROMISED, PieceState.EARNED):
        return [_ROOM.way(_("核定"), "settle", one.pk, icon="edit")]
    return [_ROOM.way(_("更正"), "correct", one.pk, icon="edit")] if one.state == PieceState.SHEETED else []


def _corrections(one: Piece) -> list[Section]:
    """What was corrected after it was paid; of a correction, what it corrects."""
    found = [one.corrects] if one.corrects else list(one.corrections.order_by("pk"))
    rows = [[linked(row), day_of(row), row.why, yuan(row.amount)] for row in found]
    title = _("更正的是") if one.corrects else _("发放以后的更正")
    columns = (_("工作"), _("日期"), _("说明"), _("#金额（元）"))
    return [Section(title, columns, rows)] if rows else []


class SettleForm(forms.Form):
    share = forms.IntegerField(
        label=gettext_lazy("完成了百分之几"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("0 就是不发。"),
    )
    on = DayField(label=gettext_lazy("哪天完成"))
    reason = WordsField(label=gettext_lazy("理由"), most=300, rows=2)


@staff(Permission.SUBSIDY_EDIT)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    one = get_object_or_404(Piece.objects.visible_to(user), pk=pk)
    if not can(user, Permission.SUBSIDY_EDIT, region=one.region_id):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.settle(by=user.actor, piece=one, **data)

    initial = {"share": one.share, "on": one.done_on or timezone.localdate()}
    back = (work_of(one), reverse("pay:piece", args=[pk]))
    return Ask(_("核定"), partial(SettleForm, initial=initial), act, back).show(request)


class CorrectForm(forms.Form):
    share = forms.IntegerField(
        label=gettext_lazy("完成了百分之几"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("0 就是全部收回。"),
    )
    grade = forms.ChoiceField(label=gettext_lazy("质量"), choices=Grade.choices, required=False)
    extra = forms.IntegerField(label=gettext_lazy("增加了几人"), min_value=0, max_value=1000)
    reason = WordsField(label=gettext_lazy("理由"), most=300, rows=2)


@staff(Permission.SUBSIDY_EDIT)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """After it was paid: the difference goes into the next sheet, and the paid one stays as it is."""
    user = user_of(request)
    one = get_object_or_404(Piece.objects.visible_to(user), pk=pk)
    if not can(user, Permission.SUBSIDY_EDIT, region=one.region_id):
        raise PermissionDenied
    last = one.corrections.exclude(state=PieceState.DROPPED).order_by("pk").last() or one

    def act(data: dict[str, Any]) -> str:
        reason = data.pop("reason")
        made = actions.correct(by=user.actor, piece=one, facts=actions.Facts(**data), reason=reason)
        return reverse("pay:piece", args=[made.pk])

    initial = {"share": last.share, "grade": last.grade, "extra": last.extra}
    lead = _("发放过的不改，差额记成一项更正，进下一次的发放表。")
    back = (work_of(one), reverse("pay:piece", args=[pk]))
    return Ask(_("更正"), partial(CorrectForm, initial=initial), act, back, lead=lead).show(request)
