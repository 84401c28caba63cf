"""Quality reviews: those to make, those made, the lot; each with its sheet and what was said to it."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.cases.models import Case
from mingbai.cases.perms import can_see
from mingbai.core import when
from mingbai.core.numbers import group_number
from mingbai.core.pagination import page_of
from mingbai.legalaid import actions
from mingbai.legalaid.enums import AssessState
from mingbai.legalaid.models import Assessment
from mingbai.legalaid.perms import can_judge_grade, can_object_to_grade, can_rate, deciding_cases
from mingbai.legalaid.queries.quality import criteria_on
from mingbai.people.models import User, Worker
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff, user_of
from mingbai.web.aid.listing import pages
from mingbai.web.forms import DayField, WordsField
from mingbai.web.pages import Ask, Listing, Section, Sheet
from mingbai.web.ways import Room

PER_PAGE = 30
_TONES = {AssessState.OPEN: "soon", AssessState.OBJECTED: "late"}


_ROOM = Room("aid")


@staff(Permission.CASE_SEE)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Those the user has to make or made, those of their own work, those of their office."""
    user = user_of(request)
    seen = Assessment.objects.visible_to(user).select_related("case", "assignment__worker", "reviewer")
    draws = (
        [_ROOM.way(_("抽一批来评"), "quality_draw", icon="plus")] if can(user, Permission.AID_DECIDE) else []
    )
    return Listing(
        title=_("质量评估"),
        lead=_("办结的件抽一部分，由别的机构的人按评分表评；等次决定补贴按百分之几发。"),
        columns=(_("办件"), _("承办人"), _("怎样选的"), _("#得分"), _("等次"), _("状态")),
        rows=lambda one: _row(one, user),
        page=page_of(seen, request.GET, PER_PAGE),
        actions=draws,
        empty=_("还没有质量评估。"),
        back=(_("法律援助"), reverse("aid:home")),
        tabs=pages(request, "quality"),
    ).show(request)


def _row(one: Assessment, user: User) -> list[Any]:
    return [
        {"text": group_number(one.case.number), "url": reverse("aid:quality_one", args=[one.pk])},
        one.assignment.worker.name,
        one.get_picked_display(),
        f"{one.points}/{one.most}" if one.sheet else "–",
        one.get_grade_display() if one.grade else "–",
        one.get_state_display(),
    ]


def _one(request: HttpRequest, pk: int) -> Assessment:
    seen = Assessment.objects.visible_to(user_of(request))
    return get_object_or_404(seen.select_related("case", "assignment__worker", "reviewer"), pk=pk)


@staff(Permission.CASE_SEE)
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet line by line. Whose work it is does not read who rated it."""
    one, user = _one(request, pk), user_of(request)
    is_own = can_object_to_grade(user, one)
    number: Any = group_number(one.case.number)
    if can_see(user, one.case):
        number = {"text": number, "url": reverse("desk:case", args=[one.case.number])}
    return Sheet(
        title=_("质量评估 %(number)s") % {"number": group_number(one.case.number)},
        tags=[{"text": one.get_state_display(), "tone": _TONES.get(AssessState(one.state), "ok")}],
        facts=[
            (_("办件"), number),
            (_("承办人"), one.assignment.worker.name),
            (_("评估人"), "" if is_own else one.reviewer.name),
            (_("怎样选的"), one.get_picked_display()),
            (_("抽签种子"), one.seed),
            (_("选件"), f"{one.picked_by} {when.moment(one.picked_at)}"),
            (_("等次"), one.get_grade_display() if one.grade else ""),
            (_("原等次"), one.get_grade_before_display() if one.grade_before else ""),
            (_("评语"), one.text),
            (_("异议截止"), when.moment(one.object_by) if one.object_by else ""),
            (_("异议"), one.objection),
            (_("复核意见"), one.answer),
            (_("复核人"), one.judged_by),
        ],
        back=(_("质量评估"), reverse("aid:quality")),
        actions=_todo(user, one),
        sections=[_sheet(one)],
    ).show(request)


def _todo(user: User, one: Assessment) -> list[dict[str, Any]]:
    wished = (
        (AssessState.OPEN, can_rate, _("评分"), "quality_rate"),
        (AssessState.RATED, can_object_to_grade, _("提异议"), "quality_object"),
        (AssessState.OBJECTED, can_judge_grade, _("复核异议"), "quality_judge"),
    )
    return [
        _ROOM.way(label, name, one.pk, icon="edit")
        for state, may, label, name in wished
        if one.state == state and may(user, one)
    ]


def _sheet(one: Assessment) -> Section:
    if one.sheet:
        rows = [[row["name"], str(row["points"]), str(row["most"])] for row in one.sheet]
        rows.append([_("合计"), str(one.points), str(one.most)])
        return Section(_("评分"), (_("项目"), _("#得分"), _("#满分")), rows)
    today = timezone.localdate()
    rows = [[row.name, row.hint, str(row.most)] for row in criteria_on(today)]
    return Section(_("评分表"), (_("项目"), _("怎样得分"), _("#满分")), rows)


class SheetForm(forms.Form):
    """One number for every line of the sheet that holds today."""

    def __init__(self, *args: Any, sheet: dict[str, int], **options: Any) -> None:
        super().__init__(*args, **options)
        last = list(self.fields)
        for row in criteria_on(timezone.localdate()):
            label = _("%(name)s（满分 %(most)d）") % {"name": row.name, "most": row.most}
            self.fields[f"points_{row.code}"] = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=row.most,
                help_text=row.hint,
                initial=sheet.get(row.code),
            )
        self.order_fields([*(name for name in self.fields if name not in last), *last])


def _points(data: dict[str, Any]) -> dict[str, int]:
    return {name.removeprefix("points_"): data[name] for name in data if name.startswith("points_")}


class RateForm(SheetForm):
    text = WordsField(
        label=gettext_lazy("评语"),
        most=2000,
        rows=4,
        help_text=gettext_lazy("承办人会看到；好在哪里，差在哪里。"),
    )


class JudgeForm(SheetForm):
    answer = WordsField(label=gettext_lazy("复核意见"), most=2000, rows=4)


class ObjectForm(forms.Form):
    text = WordsField(label=gettext_lazy("为什么"), most=2000, rows=4)


def _back(one: Assessment) -> tuple[str, str]:
    return _("质量评估"), reverse("aid:quality_one", args=[one.pk])


@staff(Permission.CASE_SEE)
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = _one(request, pk), user_of(request)
    if not can_rate(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        worker = one.reviewer
        actions.rate(assessment=one, by=user.actor, reviewer=worker, points=_points(data), text=data["text"])

    return Ask(_("评分"), partial(RateForm, sheet={}), act, _back(one), _("评定")).show(request)


@staff(Permission.CASE_SEE)
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    one, user = _one(request, pk), user_of(request)
    if not can_object_to_grade(user, one):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        worker = one.assignment.worker
        actions.object_to_grade(assessment=one, by=user.actor, worker=worker, text=data["text"])

    lead = _("由评估人以外的人复核，结果会告诉您。")
    return Ask(_("对评估提异议"), ObjectForm, act, _back(one), _("提交"), lead=lead).show(request)


@staff(Permission.AID_DECIDE)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Points as they stand: the grade stands; others: it is made anew."""
    one, user = _one(request, pk), user_of(request)
    if not can_judge_grade(user, one):
        raise PermissionDenied
    stood = {row["code"]: row["points"] for row in one.sheet}

    def act(data: dict[str, Any]) -> None:
        points = _points(data)
        changed = None if points == stood else points
        actions.judge_grade(assessment=one, by=user.actor, answer=data["answer"], points=changed)

    lead = _("不改分数，就是维持原等次。异议：%(text)s") % {"text": one.objection}
    return Ask(_("复核异议"), partial(JudgeForm, sheet=stood), act, _back(one), lead=lead).show(request)


class DrawForm(forms.Form):
    first = DayField(label=gettext_lazy("哪天起办结的"))
    last = DayField(label=gettext_lazy("到哪天"))
    count = forms.IntegerField(label=gettext_lazy("抽几件"), min_value=1, max_value=200)
    seed = forms.CharField(
        label=gettext_lazy("抽签种子"),
        max_length=64,
        help_text=gettext_lazy("抽之前公开定下，例如当天的彩票号码；谁用它都抽出同样的件。"),
    )
    reviewers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("评估人"),
        queryset=Worker.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("轮着分；本人办过的、同一机构的不会分到。"),
    )

    def __init__(self, *args: Any, people: QuerySet[Worker], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reviewers"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("不能早于开始的那天。"))
        return data


def reviewers_for() -> QuerySet[Worker]:
    """The aid lawyers of the whole city: a county with one firm needs those of another."""
    return Worker.objects.filter(aid__is_active=True, is_active=True).order_by("name", "code")


def _start_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@staff(Permission.AID_DECIDE)
def draw(request: HttpRequest) -> HttpResponse:
    user, today = user_of(request), timezone.localdate()
    cases: QuerySet[Case] = deciding_cases(user)

    def act(data: dict[str, Any]) -> None:
        actions.draw_for_review(
            cases=cases,
            by=user.actor,
            reviewers=list(data["reviewers"]),
            count=data["count"],
            seed=data["seed"],
            first=_start_of(data["first"]),
            last=_start_of(data["last"] + timedelta(days=1)),
        )

    initial = {"first": today.replace(day=1) - timedelta(days=31), "last": today, "count": 10}
    form = partial(DrawForm, initial=initial, people=reviewers_for())
    back = (_("质量评估"), reverse("aid:quality"))
    return Ask(_("抽一批来评"), form, act, back, _("抽签")).show(request)
