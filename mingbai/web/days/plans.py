"""Months: the plans there are, a new one, its proposal being computed, publishing, adjusting, dropping."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.core.pagination import page_of
from mingbai.core.when import moment
from mingbai.people.roles import Permission
from mingbai.places.models import Region
from mingbai.servicedays.actions import plans, publishing, running
from mingbai.servicedays.enums import PlanState, RunState
from mingbai.servicedays.models import Plan, PlanRun
from mingbai.servicedays.perms import can_plan
from mingbai.servicedays.queries.plans import plans_of
from mingbai.web.access import staff, user_of
from mingbai.web.days.reach import plan_for, planned_regions, tabs, tried
from mingbai.web.forms import WordsField
from mingbai.web.pages import Ask, Why
from mingbai.web.where import Choices

PAGE, MONTHS = 24, 6
TONES = {PlanState.DRAFT: "soon", PlanState.PUBLISHED: "ok"}


def month_words(month: int) -> str:
    """202701 → 2027年1月."""
    return _("%(year)d年%(month)d月") % {"year": month // 100, "month": month % 100}


def coming_months(today: date, count: int = MONTHS) -> list[int]:
    """This month and those after it, as yyyymm."""
    first = today.year * 12 + today.month - 1
    return [n // 12 * 100 + n % 12 + 1 for n in range(first, first + count)]


class MakeForm(forms.Form):
    region = forms.ChoiceField(label=gettext_lazy("给哪里排"))
    month = forms.TypedChoiceField(label=gettext_lazy("哪个月"), coerce=int)

    def __init__(self, *args: Any, regions: Choices, **options: Any) -> None:
        months = coming_months(timezone.localdate())
        options["initial"] = {"month": months[1], "region": regions[0][0] if regions else ""}
        super().__init__(*args, **options)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        self.fields["month"].choices = [(n, month_words(n)) for n in months]  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


@staff(Permission.CASE_SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    page = page_of(plans_of(user_of(request)), request.GET, PAGE)
    context = {
        "tabs": tabs(request, "plans"),
        "rows": [
            {
                "title": f"{plan.region.name} {month_words(plan.month)}",
                "state": plan.get_state_display(),
                "tone": TONES.get(PlanState(plan.state), ""),
                "by": plan.published_by or plan.made_by,
                "at": moment(plan.published_at or plan.made_at),
                "url": reverse("days:plan", args=[plan.pk]),
            }
            for plan in page.items
        ],
        "page": page,
        "may_make": bool(planned_regions(request)),
    }
    return render(request, "days/plans.html", context)


@staff(Permission.CASE_SEE)
def make(request: HttpRequest) -> HttpResponse:
    regions = planned_regions(request)
    if not regions:
        raise PermissionDenied

    def act(data: dict[str, Any]) -> str:
        made = plans.make_plan(by=user_of(request).actor, **data)
        return reverse("days:plan", args=[made.pk])

    back = (_("排计划"), reverse("days:plans"))
    lead = _("先建一份空的草案。可以请系统按需求、路程和空闲排一份，也可以自己一场一场加。")
    form = partial(MakeForm, regions=regions)
    return Ask(_("新排一个月"), form, act, back, button=_("建草案"), done=_("草案已建。"), lead=lead).show(
        request
    )


# ── the proposal ──


@staff(Permission.CASE_SEE)
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the computing of a proposal; the board shows how far it is."""
    plan = plan_for(request, pk, edits=True)
    seconds = {"10": 10, "30": 30, "60": 60, "120": 120}.get(request.POST.get("seconds", ""), 30)
    tried(
        request,
        lambda: running.ask_proposal(
            by=user_of(request).actor, plan=plan, version=version_of(request), seconds=seconds
        ),
    )
    return redirect("days:plan", pk)


@staff(Permission.CASE_SEE)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposal that came while people were editing is put in the draft's place."""
    plan = plan_for(request, pk, edits=True)
    run = PlanRun.objects.filter(plan=plan, pk=_number(request.POST.get("run", ""))).first()
    if run is not None:
        act = partial(
            running.take_proposal, by=user_of(request).actor, plan=plan, version=version_of(request), run=run
        )
        tried(request, act, _("已换成系统排的方案。"))
    return redirect("days:plan", pk)


def run_words(run: PlanRun | None) -> dict[str, Any] | None:
    """How far the computing is; None where nothing was asked for."""
    if run is None:
        return None
    days = len(run.result.get("service_days", [])) if run.result else 0
    return {
        "pk": run.pk,
        "state": run.state,
        "is_going": run.state in (RunState.QUEUED, RunState.RUNNING),
        "word": run.get_state_display(),
        "days": days,
        "gap": f"{100 * run.gap:.1f}" if run.gap is not None and days else "",
        "who": run.asked_by,
        "at": moment(run.asked_at),
        "error": run.error,
        "notes": run.notes if run.state == RunState.DONE else [],
        "seconds": run.seconds,
        "done": _elapsed(run),
    }


def _elapsed(run: PlanRun) -> int:
    return min(run.seconds, int((timezone.now() - run.started_at).total_seconds())) if run.started_at else 0


@staff(Permission.CASE_SEE)
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that says how far it is; when it is done the whole board is loaded anew."""
    plan = plan_for(request, pk)
    run = plan.runs.order_by("-asked_at", "-id").first()
    response = render(request, "days/_run.html", {"plan": plan, "run": run_words(run)})
    if run is None or run.state not in (RunState.QUEUED, RunState.RUNNING):
        response["HX-Refresh"] = "true"
    return response


# ── publishing, adjusting, dropping ──


class PublishForm(forms.Form):
    despite = WordsField(
        label=gettext_lazy("有不合规则的地方，为什么仍要这样办"),
        most=300,
        rows=2,
        required=False,
        help_text=gettext_lazy("没有不合规则的就不用写。写的话会留在记录里。"),
    )


def _board(plan: Plan) -> tuple[str, str]:
    return f"{plan.region.name} {month_words(plan.month)}", reverse("days:plan", args=[plan.pk])


@staff(Permission.CASE_SEE)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_for(request, pk, edits=True)
    version = version_of(request) or plan.version

    def act(data: dict[str, Any]) -> None:
        publishing.publish(by=user_of(request).actor, plan=plan, version=version, **data)

    lead = _("公布后，派出的人、所在的乡镇和村、预约过的群众都会收到通知。")
    done = _("已公布，通知已发出。")
    return Ask(_("公布这个月的服务日"), PublishForm, act, _board(plan), _("公布"), done, lead).show(request)


@staff(Permission.CASE_SEE)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_for(request, pk, edits=True)

    def act(data: dict[str, Any]) -> str:
        plans.drop_plan(by=user_of(request).actor, plan=plan, version=plan.version, **data)
        return reverse("days:plans")

    done = _("草案已作废。")
    return Ask(_("作废这份草案"), Why, act, _board(plan), _("作废"), done, is_danger=True).show(request)


class AdjustForm(forms.Form):
    how = forms.ChoiceField(
        label=gettext_lazy("怎么调整"),
        choices=[
            ("system", gettext_lazy("请系统尽量少改：有人去不了、路不通、来了急事")),
            ("hand", gettext_lazy("自己改：从已公布的开始，一场一场改")),
        ],
        widget=forms.RadioSelect,
        initial="system",
    )


@staff(Permission.CASE_SEE)
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft that begins as the published days to come; it replaces them when it is published."""
    plan = plan_for(request, pk, edits=True)

    def act(data: dict[str, Any]) -> str:
        by = user_of(request).actor
        if data["how"] == "system":
            made = running.ask_replan(by=by, plan=plan).plan
        else:
            made = publishing.begin_replacement(by=by, plan=plan)
        return reverse("days:plan", args=[made.pk])

    lead = _("已公布的照旧有效，直到调整后的计划公布。请先把请假、停办的日子登记好。")
    done = _("已建调整草案。")
    return Ask(_("调整已公布的计划"), AdjustForm, act, _board(plan), _("开始调整"), done, lead).show(request)


def version_of(request: HttpRequest) -> int:
    """The version of the plan that the person was looking at; 0 where the form did not say."""
    return _number(request.POST.get("version", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def may_edit(request: HttpRequest, plan: Plan) -> bool:
    return plan.state == PlanState.DRAFT and can_plan(user_of(request), plan.region_id)
