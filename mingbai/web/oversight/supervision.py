"""Supervision of late matters: the list, one with its answers, and what each side may do with it."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.models import Case as Matter
from mingbai.core.numbers import group_number
from mingbai.core.pagination import page_of
from mingbai.core.when import moment
from mingbai.oversight import actions
from mingbai.oversight.enums import Rung, SupervisionState
from mingbai.oversight.models import Supervision
from mingbai.oversight.perms import can_answer, can_close, can_supervise
from mingbai.oversight.queries.supervision import reply_due
from mingbai.people.roles import Permission
from mingbai.web.access import staff, user_of
from mingbai.web.forms import WordsField
from mingbai.web.oversight.reach import link, supervision_for, tabs, way
from mingbai.web.pages import ANY, Ask, FilterForm, Listing, Sheet, Why

TONES = {SupervisionState.OPEN: "late", SupervisionState.ANSWERED: "soon", SupervisionState.CLOSED: ""}


_WAITING = Case(
    When(state=SupervisionState.OPEN, then=0), When(state=SupervisionState.ANSWERED, then=1), default=2
)


class StateFilter(FilterForm):
    q = None  # type: ignore[assignment]
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ANY, *SupervisionState.choices]
    )
    rung = forms.ChoiceField(label=gettext_lazy("层级"), required=False, choices=[*ANY, *Rung.choices])


@staff(Permission.CASE_SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """Those that wait for an answer first, the oldest of them on top."""
    form = StateFilter(request.GET)
    found = Supervision.objects.visible_to(user_of(request)).select_related("case__station")
    asked = {name: form.value(name) for name in ("state", "rung") if form.value(name)}
    rows = found.filter(**asked).order_by(_WAITING, "opened_at", "id")
    return Listing(
        title=_("督办"),
        lead=_("超期的办件到了规定的天数自动督办；监督人员也可以在办件页面发起。没有按时答复的升到市级。"),
        form=form,
        columns=(_("编号"), _("承办"), _("为什么"), _("层级"), _("状态"), _("发起")),
        rows=_row,
        page=page_of(rows, request.GET, 50),
        empty=_("没有督办。"),
        tabs=tabs("supervisions"),
    ).show(request)


def _row(one: Supervision) -> list[Any]:
    return [
        link(group_number(one.case.number), "supervision", one.pk),
        one.case.station.name,
        one.reason,
        one.get_rung_display(),
        one.get_state_display(),
        moment(one.opened_at),
    ]


@staff(Permission.CASE_SEE)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = supervision_for(request, pk), user_of(request)
    ways = []
    if one.state == SupervisionState.OPEN and can_answer(user, one):
        ways.append(way(_("答复"), "answer", pk, icon="check"))
    if one.state == SupervisionState.ANSWERED and can_close(user, one):
        ways += [way(_("结束督办"), "close", pk, icon="check"), way(_("退回重答"), "send_back", pk)]
    return Sheet(
        title=_("督办 %(number)s") % {"number": group_number(one.case.number)},
        tags=[{"text": one.get_state_display(), "tone": TONES[SupervisionState(one.state)]}],
        facts=_facts(one),
        back=(_("督办"), reverse("oversight:supervisions")),
        actions=ways,
    ).show(request)


def _facts(one: Supervision) -> list[tuple[Any, Any]]:
    due = reply_due(one)
    return [
        (
            _("办件"),
            {"text": group_number(one.case.number), "url": reverse("desk:case", args=[one.case.number])},
        ),
        (_("承办"), one.case.station.name),
        (_("层级"), one.get_rung_display()),
        (_("为什么"), one.reason),
        (_("发起"), f"{one.opened_by} {moment(one.opened_at)}"),
        (_("最迟答复"), moment(due) if due else ""),
        (_("答复"), one.answer),
        (_("谁答复"), f"{one.answered_by} {moment(one.answered_at)}" if one.answered_at else ""),
        (_("结束意见"), one.verdict),
        (_("谁结束"), f"{one.closed_by} {moment(one.closed_at)}" if one.closed_at else ""),
    ]


def _back(one: Supervision) -> tuple[str, str]:
    return _("督办"), reverse("oversight:supervision", args=[one.pk])


class AnswerForm(forms.Form):
    answer = WordsField(
        label=gettext_lazy("答复"),
        most=2000,
        rows=4,
        help_text=gettext_lazy("为什么超期，现在办到哪一步，哪天办完。"),
    )


@staff(Permission.CASE_SEE)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = supervision_for(request, pk), user_of(request)
    if not can_answer(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.answer_supervision(by=user.actor, supervision=one, **data)

    return Ask(_("答复督办"), AnswerForm, act, _back(one), lead=one.reason, done=_("已答复。")).show(request)


@staff(Permission.CASE_DESIGNATE)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = supervision_for(request, pk), user_of(request)
    if not can_close(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.return_supervision(by=user.actor, supervision=one, **data)

    return Ask(_("退回重答"), Why, act, _back(one), lead=one.answer, done=_("已退回。")).show(request)


class CloseForm(forms.Form):
    verdict = WordsField(label=gettext_lazy("结束意见"), most=500, rows=3)


@staff(Permission.CASE_DESIGNATE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = supervision_for(request, pk), user_of(request)
    if not can_close(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.close_supervision(by=user.actor, supervision=one, **data)

    return Ask(_("结束督办"), CloseForm, act, _back(one), lead=one.answer, done=_("督办已结束。")).show(
        request
    )


@staff(Permission.CASE_DESIGNATE)
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Before the rule does: a supervisor asks why."""
    user = user_of(request)
    case = get_object_or_404(Matter.objects.visible_to(user).select_related("station"), number=number)
    if not can_supervise(user, case):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> str:
        one = actions.start_supervision(by=user.actor, case=case, **data)
        return reverse("oversight:supervision", args=[one.pk])

    back = (_("办件"), reverse("desk:case", args=[number]))
    lead = _("由%(station)s答复；到期没有答复，升到市级。") % {"station": case.station.name}
    return Ask(_("发起督办"), Why, act, back, lead=lead, done=_("已发起督办。")).show(request)
