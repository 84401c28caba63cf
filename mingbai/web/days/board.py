"""The plan board: a month by place and day; changed by menu or by drag, told at once what it costs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.core.refused import Refused
from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.servicedays.actions import plans
from mingbai.servicedays.actions.plans import Edited
from mingbai.servicedays.enums import PlanState, Skill
from mingbai.servicedays.models import Plan, ServiceDay
from mingbai.servicedays.perms import can_plan
from mingbai.servicedays.queries.month import first_of, last_of, month_of
from mingbai.servicedays.queries.plans import board_days, compare, latest_proposal
from mingbai.servicedays.rules.building import Built, build
from mingbai.servicedays.rules.weighing import Break, Held, breaks
from mingbai.web.access import staff, user_of
from mingbai.web.days.plans import TONES, may_edit, month_words, run_words, version_of
from mingbai.web.days.reach import hours_of, plan_for, tabs
from mingbai.web.forms import DayField, WordsField, day_typed, said
from mingbai.web.where import Choices, full_name


@staff(Permission.CASE_SEE)
@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    plan = plan_for(request, pk)
    days = board_days(plan)
    built = build(month_of(plan.region_id, plan.month, plan=plan))
    is_draft = plan.state == PlanState.DRAFT
    broken = breaks(built, _held(days)) if is_draft else []
    run = plan.runs.order_by("-asked_at", "-id").first()
    context = {
        "tabs": tabs(request, "plans"),
        "plan": plan,
        "title": f"{plan.region.name} {month_words(plan.month)}",
        "tone": TONES.get(PlanState(plan.state), ""),
        "is_draft": is_draft,
        "may": may_edit(request, plan),
        "may_adjust": plan.state == PlanState.PUBLISHED and can_plan(user_of(request), plan.region_id),
        "grid": _grid(built, days),
        "days": [_card(day, built, broken) for day in days],
        "breaks": [one.text for one in broken if not one.on],
        "broken": len(broken),
        "run": run_words(run) if is_draft else None,
        "compared": _compared(plan, built) if is_draft and days else None,
        "missing": _missing(built, days),
    }
    return render(request, "days/board.html", context)


def _held(days: list[ServiceDay]) -> list[Held]:
    return [Held(day.region_id, day.on, {m.worker.code: m.skill for m in day.team.all()}) for day in days]


def _grid(built: Built, days: list[ServiceDay]) -> dict[str, Any]:
    """Places (most urgent needs first) by the days of the month; a cell with a day can be dragged."""
    at = {(day.region_id, day.on): day for day in days}
    held = {day.region_id for day in days}
    spots = [spot for spot in built.month.spots if spot.needs or spot.code in held]
    spots.sort(
        key=lambda s: (-sum(u for _c, u in s.needs.values()), -sum(c for c, _u in s.needs.values()), s.code)
    )
    return {
        "dates": [
            {"day": on.day, "weekday": "一二三四五六日"[on.weekday()], "iso": on.isoformat()}
            for on in built.month.dates
        ],
        "rows": [
            {
                "code": spot.code,
                "name": spot.name,
                "waiting": sum(count for count, _urgent in spot.needs.values()),
                "cells": [
                    {
                        "iso": on.isoformat(),
                        "label": day_words(on),
                        "is_shut": on in spot.shut,
                        "day": at[spot.code, on].pk if (spot.code, on) in at else None,
                        "people": len(at[spot.code, on].team.all()) if (spot.code, on) in at else 0,
                    }
                    for on in built.month.dates
                ],
            }
            for spot in spots
        ],
    }


def _card(day: ServiceDay, built: Built, broken: list[Break]) -> dict[str, Any]:
    return {
        "pk": day.pk,
        "place": full_name(register(), day.region_id),
        "on": day_words(day.on),
        "hours": hours_of(day),
        "room": day.room,
        "team": [
            {"code": member.worker.code, "name": member.worker.name, "skill": member.get_skill_display()}
            for member in day.team.all()
        ],
        "why": day.why,
        "breaks": [one.text for one in broken if one.spot == day.region_id and one.on == day.on],
    }


def _compared(plan: Plan, built: Built) -> dict[str, Any] | None:
    """What people have changed of the system's proposal, and what that costs by its measure."""
    run = latest_proposal(plan)
    if run is None:
        return None
    found = compare(plan, run)
    line = _("%(place)s %(when)s")
    return {
        "run": run.pk,
        "is_same": not (found.only_proposed or found.only_drafted or found.other_team),
        "words": list(found.effect.words),
        "cost": found.effect.cost,
        "only_proposed": [_where(line, held) for held in found.only_proposed],
        "only_drafted": [_where(line, held) for held in found.only_drafted],
        "other_team": [_where(line, held) for held, _other in found.other_team],
    }


def _where(line: str, held: Held) -> str:
    return line % {"place": full_name(register(), held.spot), "when": day_words(held.on)}


def _missing(built: Built, days: list[ServiceDay]) -> list[str]:
    """Places with urgent needs where nobody goes this month."""
    held = {day.region_id for day in days}
    found = [
        (sum(urgent for _count, urgent in spot.needs.values()), spot)
        for spot in built.month.spots
        if spot.code not in held and not spot.held
    ]
    found = sorted((row for row in found if row[0]), key=lambda row: (-row[0], row[1].code))
    return [_("%(place)s（%(n)d 人急）") % {"place": spot.name, "n": urgent} for urgent, spot in found[:12]]


# ── one day of a draft ──


class MoveForm(forms.Form):
    on = DayField(label=gettext_lazy("哪一天"))
    region = forms.ChoiceField(label=gettext_lazy("在哪里"))

    def __init__(self, data: Any = None, *, places: Choices, **options: Any) -> None:
        super().__init__(data, auto_id="move_%s", **options)
        self.fields["region"].choices = places  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    worker = forms.ChoiceField(label=gettext_lazy("谁去"))
    skill = forms.ChoiceField(label=gettext_lazy("做什么"), choices=Skill.choices)

    def __init__(self, data: Any = None, *, people: Choices, **options: Any) -> None:
        super().__init__(data, auto_id="person_%s", **options)
        self.fields["worker"].choices = people  # type: ignore[attr-defined]


class HoursForm(forms.Form):
    starts = forms.TimeField(
        label=gettext_lazy("几点开始"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=gettext_lazy("几点结束"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    room = WordsField(label=gettext_lazy("具体在哪里"), most=200, required=False)


def _draft_day(plan: Plan, pk: int) -> ServiceDay:
    found = [day for day in board_days(plan) if day.pk == pk]
    if not found:
        raise Http404
    return found[0]


@staff(Permission.CASE_SEE)
@require_safe
def day(request: HttpRequest, pk: int, day_pk: int) -> HttpResponse:
    """One day of a draft with every way to change it, without dragging anything."""
    plan = plan_for(request, pk, edits=True)
    shown = _draft_day(plan, day_pk)
    built = build(month_of(plan.region_id, plan.month, plan=plan))
    others = [one for one in board_days(plan) if one.pk != shown.pk]
    context = {
        "tabs": tabs(request, "plans"),
        "plan": plan,
        "title": f"{plan.region.name} {month_words(plan.month)}",
        "day": _card(shown, built, breaks(built, _held([shown, *others]))),
        "move": MoveForm(places=_places(built), initial={"on": shown.on, "region": shown.region_id}),
        "person": PersonForm(people=_people(built, shown, others)),
        "hours": HoursForm(initial={"starts": shown.starts, "ends": shown.ends, "room": shown.room}),
        "others": [{"pk": one.pk, "label": f"{day_words(one.on)} {one.region.name}"} for one in others],
        "may": may_edit(request, plan),
    }
    return render(request, "days/plan_day.html", context)


def _places(built: Built) -> Choices:
    return [(spot.code, spot.name) for spot in built.month.spots]


def _people(built: Built, shown: ServiceDay, others: list[ServiceDay]) -> Choices:
    """Who may go there, free and near first; who is not free is named so and may be chosen all the same."""
    t, here = built.spot(shown.region_id), {member.worker.code for member in shown.team.all()}
    away = {m.worker.code for one in others if one.on == shown.on for m in one.team.all()}
    rows = []
    for row in built.month.people:
        if row.code in here:
            continue
        i = built.person(row.code)
        is_free = shown.on in row.free and row.code not in away
        km = round(built.instance.km[i][t])
        rows.append((not is_free, km, row, "" if is_free else _("，那天没空")))
    rows.sort(key=lambda one: (one[0], one[1], one[2].code))
    return [
        (
            row.code,
            _("%(name)s（%(skills)s，%(km)d 公里%(note)s）")
            % {
                "name": row.name,
                "skills": "、".join(str(Skill(s).label) for s in row.skills),
                "km": km,
                "note": note,
            },
        )
        for _busy, km, row, note in rows
    ]


@staff(Permission.CASE_SEE)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more day by hand: where and when; the team is chosen on its own page."""
    plan = plan_for(request, pk, edits=True)
    built = build(month_of(plan.region_id, plan.month, plan=plan))
    first = next(iter(built.month.dates), first_of(plan.month))
    form = MoveForm(request.POST or None, places=_places(built), initial={"on": first})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = _edited(request, plans.add_day, plan, region=data["region"], on=data["on"])
        if done is not None and done.day is not None:
            return redirect("days:plan_day", pk, done.day.pk)
    context = {
        "tabs": tabs(request, "plans"),
        "plan": plan,
        "title": f"{plan.region.name} {month_words(plan.month)}",
        "form": form,
        "version": plan.version,
        "span": (first_of(plan.month), last_of(plan.month)),
    }
    return render(request, "days/plan_add.html", context)


def _edited(request: HttpRequest, act: Callable[..., Edited], plan: Plan, **values: Any) -> Edited | None:
    """Change the draft and say what that costs or breaks; None where it was refused (and said so)."""
    try:
        done = act(
            by=user_of(request).actor, plan=plan, version=version_of(request) or plan.version, **values
        )
    except Refused as refused:
        messages.error(request, said(refused))
        return None
    words = "；".join(done.effect.words) or _("需求、路程都没有变化")
    messages.success(request, _("已改：%(words)s。") % {"words": words})
    for one in done.effect.new:
        messages.warning(request, one.text)
    return done


@staff(Permission.CASE_SEE)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Every change of a draft, from the menu and from dragging alike: `do` says which."""
    plan = plan_for(request, pk, edits=True)
    do = _EDITS.get(request.POST.get("do", ""))
    if do is None:
        raise Http404
    done = do(request, plan)
    if done is not None and done.day is not None and "stay" in request.POST:
        return redirect("days:plan_day", pk, done.day.pk)
    anchor = f"#day-{done.day.pk}" if done is not None and done.day is not None else ""
    return redirect(reverse("days:plan", args=[pk]) + anchor)


def _one(plan: Plan, text: str) -> ServiceDay:
    days = plan.days.all()
    found = (
        days.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 19 else None
    )
    if found is None:
        raise Http404
    return found


def _move(request: HttpRequest, plan: Plan) -> Edited | None:
    shown = _one(plan, request.POST.get("day", ""))
    if (on := day_typed(request.POST.get("on", ""))) is None:
        messages.error(request, _("没有这一天，请核对日期，例如 2026-11-23。"))
        return None
    return _edited(
        request, plans.move_day, plan, day=shown, on=on, region=request.POST.get("region", "")[:12]
    )


def _drop(request: HttpRequest, plan: Plan) -> Edited | None:
    return _edited(request, plans.drop_day, plan, day=_one(plan, request.POST.get("day", "")))


def _person(request: HttpRequest, plan: Plan) -> Edited | None:
    """`from` and `to` are days; one of them alone takes out or adds."""
    ends = {name: request.POST.get(name, "") for name in ("from", "to")}
    return _edited(
        request,
        plans.move_person,
        plan,
        worker=request.POST.get("worker", "")[:32],
        away_from=_one(plan, ends["from"]) if ends["from"] else None,
        to=_one(plan, ends["to"]) if ends["to"] else None,
        skill=request.POST.get("skill", "")[:16],
    )


def _hours(request: HttpRequest, plan: Plan) -> Edited | None:
    form = HoursForm(request.POST)
    if not form.is_valid():
        messages.error(request, "；".join(str(e) for errors in form.errors.values() for e in errors))
        return None
    shown = _one(plan, request.POST.get("day", ""))
    return _edited(request, plans.set_hours, plan, day=shown, **form.cleaned_data)


_EDITS: dict[str, Callable[[HttpRequest, Plan], Edited | None]] = {
    "move": _move,
    "drop": _drop,
    "person": _person,
    "hours": _hours,
}
