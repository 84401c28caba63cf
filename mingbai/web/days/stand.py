"""The day itself, for the team on a phone: who has come, what was done, who waits; closing, cancelling."""

from collections import Counter
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.perms import own_workers
from mingbai.core.when import day as day_words
from mingbai.core.when import moment
from mingbai.people.models import Worker
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.servicedays.actions import days
from mingbai.servicedays.actions.publishing import cancel_day
from mingbai.servicedays.actions.records import write_records
from mingbai.servicedays.enums import DayState, RecordKind, Skill
from mingbai.servicedays.models import DayRecord, Need, ServiceDay
from mingbai.servicedays.perms import can_plan
from mingbai.servicedays.queries.days import records_of, roster, waiting_at
from mingbai.servicedays.rules.day import Jotting
from mingbai.servicedays.rules.skills import SKILL_OF
from mingbai.web.access import staff, user_of
from mingbai.web.days.reach import day_for, hours_of, tabs, tried
from mingbai.web.forms import PhoneField, WordsField, said
from mingbai.web.offline import from_phone, is_from_phone, keeps_page, key_of, not_taken, once, taken
from mingbai.web.pages import Ask, Why
from mingbai.web.where import Choices, full_name

MOST_WAITING, MOST_RECORDS = 100, 200


@staff(Permission.CASE_SEE)
@require_safe
def day(request: HttpRequest, pk: int) -> HttpResponse:
    """Roster, needs that can be served here, what was written down, the way to close."""
    shown, user = day_for(request, pk), user_of(request)
    own, team = own_workers(user), roster(shown)
    records = list(records_of(shown, user)[:MOST_RECORDS])
    is_today = shown.on == timezone.localdate()
    is_open = shown.state == DayState.PLANNED
    context = {
        "tabs": tabs(request, "home"),
        **_head(shown),
        "team": [
            {
                "pk": member.worker_id,
                "name": member.worker.name,
                "skill": member.get_skill_display(),
                "station": member.worker.station.name if member.worker.station else "",
                "phone": member.worker.phone,
                "came": moment(member.came_at) if member.came_at else "",
                "is_me": member.worker_id in own,
            }
            for member in team
        ],
        "is_today": is_today,
        "is_open": is_open,
        "may_sign": is_today and shown.state in (DayState.PLANNED, DayState.HELD),
        "may_close": is_open and shown.on <= timezone.localdate(),
        "may_cancel": is_open and can_plan(user, shown.region_id),
        "waiting": [_waiting_row(need) for need in waiting_at(shown)[:MOST_WAITING]] if is_open else [],
        "records": [_record_row(record) for record in records],
        "counts": _counts(records),
    }
    return render(request, "days/day.html", context)


def _head(shown: ServiceDay) -> dict[str, Any]:
    hours = hours_of(shown)
    return {
        "day": shown,
        "place": full_name(register(), shown.region_id),
        "on": day_words(shown.on, today=timezone.localdate()),
        "facts": [fact for fact in (hours, shown.room) if fact],
        "tone": {DayState.HELD: "ok", DayState.CANCELLED: "late"}.get(DayState(shown.state), ""),
    }


def _waiting_row(need: Need) -> dict[str, Any]:
    return {
        "pk": need.pk,
        "skill": need.get_skill_display(),
        "count": need.waiting,
        "is_urgent": need.is_urgent,
        "text": need.text,
        "place": need.region.name,
        "since": day_words(need.since, today=timezone.localdate()),
        "is_reserved": need.day_id is not None,
        "kind": next((kind for kind, skill in SKILL_OF.items() if skill == need.skill), ""),
    }


def _record_row(record: Any) -> dict[str, Any]:
    return {
        "what": record.get_kind_display(),
        "at": moment(record.at),
        "by": record.worker.name if record.worker else record.written_by,
        "case": record.case.number if record.case else "",
        "sheets": record.guides + record.posters,
        "flag": record.get_flag_display() if record.flag else "",
    }


def _counts(records: list[Any]) -> list[dict[str, Any]]:
    counts = Counter(record.kind for record in records)
    return [{"label": kind.label, "count": counts[kind]} for kind in RecordKind if counts[kind]]


# ── who has come ──


@staff(Permission.CASE_SEE)
@require_POST
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    shown = day_for(request, pk)
    worker = get_object_or_404(Worker, pk=_number(request.POST.get("worker", "")))
    tried(
        request,
        lambda: days.sign_in(by=user_of(request).actor, day=shown, worker=worker),
        _("%(who)s 已签到。") % {"who": worker.name},
    )
    return redirect("days:day", pk)


class StandInForm(forms.Form):
    worker = forms.ModelChoiceField(label=gettext_lazy("谁来了"), queryset=Worker.objects.none())
    skill = forms.ChoiceField(label=gettext_lazy("做什么"), choices=Skill.choices)

    def __init__(self, *args: Any, shown: ServiceDay, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["worker"].queryset = _nearby(shown)  # type: ignore[attr-defined]


def _nearby(shown: ServiceDay) -> Any:
    """People of this county, of the counties that the team comes from and of the city's centre; not all."""
    places = register()
    homes = [member.worker.station.region_id for member in roster(shown) if member.worker.station]
    counties = {places.county_of(code) for code in (shown.region_id, *homes)} - {""}
    below = {code for county in counties for code in places.subtree(county)}
    found = Worker.objects.filter(
        is_active=True, station__region__in=below | {places.city_of(shown.region_id)}
    )
    return found.exclude(service_days__day=shown).select_related("station").order_by("name", "code")


@staff(Permission.CASE_SEE)
def stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    shown = day_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        days.stand_in(by=user_of(request).actor, day=shown, **data)

    form = partial(StandInForm, shown=shown)
    return Ask(_("临时来顶替"), form, act, _back(shown), _("加入"), _("已加入，请签到。")).show(request)


def _back(shown: ServiceDay) -> tuple[str, str]:
    return full_name(register(), shown.region_id), reverse("days:day", args=[shown.pk])


# ── what was done ──


class RecordForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("办了什么"), choices=RecordKind.choices, widget=forms.RadioSelect
    )
    need = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = WordsField(label=gettext_lazy("姓名"), most=64, required=False)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    text = WordsField(label=gettext_lazy("问什么、办什么"), most=4000, rows=3, required=False)
    answer = WordsField(label=gettext_lazy("怎么答复的"), most=4000, rows=3, required=False)
    worker = forms.ChoiceField(label=gettext_lazy("谁办的"), required=False)
    guides = forms.IntegerField(
        label=gettext_lazy("发了几份指南"), required=False, min_value=0, max_value=10_000
    )
    posters = forms.IntegerField(
        label=gettext_lazy("贴了几张海报"), required=False, min_value=0, max_value=10_000
    )
    at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["worker"].choices = [("", gettext_lazy("没有写明")), *people]  # type: ignore[attr-defined]

    def jotting(self, day: int, key: str) -> Jotting:
        data = self.cleaned_data
        at = parse_datetime(data["at"]) if data["at"] else None
        return Jotting(
            day=day,
            kind=data["kind"],
            name=data["name"],
            phone=data["phone"],
            text=data["text"],
            answer=data["answer"],
            need=data["need"],
            worker=data["worker"],
            guides=data["guides"] or 0,
            posters=data["posters"] or 0,
            client_key=key,
            at=at if at is not None and timezone.is_aware(at) else None,
        )


@from_phone
@keeps_page
@staff(Permission.CASE_SEE)
def stand(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of the stand, one record at a time. It holds no resident's data: a phone may keep the page."""
    shown, people = once(request, ("stand", pk), lambda: _day_and_people(request, pk))
    if request.method != "POST":
        return _stand_page(request, shown, RecordForm(people=people, initial=_started(request, shown)))
    form = RecordForm(request.POST, people=people)
    if not form.is_valid():
        return not_taken(_first(form)) if is_from_phone(request) else _stand_page(request, shown, form)
    [done] = write_records(by=user_of(request).actor, notes=[form.jotting(shown.pk, key_of(request))])
    if done.refused is not None:
        if is_from_phone(request):
            return not_taken(said(done.refused))
        name = done.refused.field or ""
        form.add_error(name if name in form.fields else None, said(done.refused))
        return _stand_page(request, shown, form)
    if is_from_phone(request):
        return taken(_told(done.record))
    number = done.record.case.number if done.record and done.record.case else ""
    tried(request, lambda: None, _("已记下，编号 %(n)s。") % {"n": number} if number else _("已记下。"))
    return redirect("days:stand", pk)


def _day_and_people(request: HttpRequest, pk: int) -> tuple[ServiceDay, Choices]:
    shown = day_for(request, pk)
    return shown, [(member.worker.code, member.worker.name) for member in roster(shown)]


def _told(record: DayRecord | None) -> str:
    """What the team should see of a record that was sent later than its day."""
    if record is None or not record.flag:
        return ""
    return _("%(flag)s，已记下，请核对。") % {"flag": record.get_flag_display()}


def _started(request: HttpRequest, shown: ServiceDay) -> dict[str, Any]:
    """From a need's row: its kind and what it was about are filled in."""
    need = waiting_at(shown).filter(pk=_number(request.GET.get("need", ""))).first()
    if need is None:
        return {"kind": RecordKind.CONSULTATION}
    return {"need": need.pk, "kind": _waiting_row(need)["kind"], "text": need.text}


def _first(form: forms.Form) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _stand_page(request: HttpRequest, shown: ServiceDay, form: RecordForm) -> HttpResponse:
    context = {**_head(shown), "tabs": tabs(request, "home"), "form": form, "key": key_of(request)}
    return render(request, "days/stand.html", context)


# ── the end ──


@staff(Permission.CASE_SEE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """How many of each need were seen; what was not waits on with its age."""
    shown = day_for(request, pk)
    waiting = list(waiting_at(shown)[:MOST_WAITING])
    if request.method == "POST":
        served = {need.pk: _number(request.POST.get(f"served-{need.pk}", "")) for need in waiting}
        counted = {need: count for need, count in served.items() if count}
        done = _("已收班。没有办到的，等待的时间接着算。")
        if tried(request, lambda: days.close_day(by=user_of(request).actor, day=shown, served=counted), done):
            return redirect("days:day", pk)
    context = {
        **_head(shown),
        "tabs": tabs(request, "home"),
        "waiting": [{**_waiting_row(need), "served": need.served} for need in waiting],
    }
    return render(request, "days/close.html", context)


@staff(Permission.CASE_SEE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    shown = day_for(request, pk)
    if not can_plan(user_of(request), shown.region_id):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        cancel_day(by=user_of(request).actor, day=shown, **data)

    lead = _("派出的人、乡镇和村、预约过的群众都会马上收到通知。预约照旧在，等下一次。")
    done = _("已取消，通知已发出。")
    return Ask(_("取消这一场"), Why, act, _back(shown), _("取消这一场"), done, lead, is_danger=True).show(
        request
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# ── on paper ──


@staff(Permission.CASE_SEE)
@require_safe
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice that a village puts up. A published day is a public fact."""
    days_ = ServiceDay.objects.announced().select_related("region", "station").prefetch_related("team")
    shown = get_object_or_404(days_, pk=pk)
    skills = [skill.label for skill in Skill if any(member.skill == skill for member in shown.team.all())]
    if not skills:
        raise Http404
    return render(request, "days/poster.html", {**_head(shown), "skills": skills})
