"""The next service day near me, and a place there: for residents, on the phone and at the query machine."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.cases.enums import Place
from mingbai.core.actor import RESIDENT
from mingbai.core.when import day as day_words
from mingbai.places.queries import register
from mingbai.servicedays.actions.needs import reserve as reserve_need
from mingbai.servicedays.enums import NeedSource, Skill
from mingbai.servicedays.models import ServiceDay
from mingbai.servicedays.queries.days import NextDay, next_days
from mingbai.servicedays.rules.needs import Wish
from mingbai.web.access import face_of, public
from mingbai.web.days.reach import hours_of
from mingbai.web.forms import PhoneField, WordsField, refusals, unjudged, wants_list_only
from mingbai.web.offline import key_of
from mingbai.web.public.stations import NEAR_COOKIE
from mingbai.web.where import RegionField, choices_below, full_name, picked_from

MOST = 12
ASKS = {
    Skill.LAWYER: gettext_lazy("问法律、问官司"),
    Skill.MEDIATOR: gettext_lazy("调解纠纷"),
    Skill.AID_CLERK: gettext_lazy("申请法律援助"),
    Skill.NOTARY: gettext_lazy("办公证"),
}
"""What people come for, in their words, and who that is."""


@public
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """The published days to come, the nearest place first."""
    places = register()
    picked = picked_from(request.GET if "county" in request.GET else _near(request), places)
    found = next_days(picked.deepest, most=MOST)
    context = {
        "picked": picked,
        "place": full_name(places, picked.deepest) if picked.deepest in places.regions else "",
        "counties": choices_below(places, settings.CITY_CODE),
        "towns": choices_below(places, picked.county),
        "days": [_row(row) for row in found],
    }
    return render(request, "public/days.html", context)


def _near(request: HttpRequest) -> dict[str, str]:
    """What the page of stations remembers on this browser; never on a machine that many use."""
    return {"place": request.COOKIES.get(NEAR_COOKIE, "")} if face_of(request) == "public" else {}


def _row(found: NextDay) -> dict[str, Any]:
    near = {0: _("就在您这里"), 1: _("在您的乡镇"), 2: _("在您的县区"), 3: ""}
    return {
        **_told(found.day),
        "near": near[found.nearness],
        "who": [Skill(one).label for one in found.skills],
    }


def _told(day: ServiceDay) -> dict[str, Any]:
    return {
        "pk": day.pk,
        "on": day_words(day.on, today=timezone.localdate()),
        "hours": hours_of(day),
        "place": full_name(register(), day.region_id),
        "room": day.room,
    }


class ReserveForm(forms.Form):
    skill = forms.ChoiceField(label=gettext_lazy("来办什么"), widget=forms.RadioSelect)
    where = RegionField(hint=gettext_lazy("您住在哪里，好安排到近处。"))
    phone = PhoneField(label=gettext_lazy("电话"), help_text=gettext_lazy("日子定了、变了，好告诉您。"))
    name = WordsField(label=gettext_lazy("怎么称呼"), most=64, required=False)
    text = WordsField(label=gettext_lazy("简单说说什么事"), most=500, rows=3, required=False)

    def __init__(self, *args: Any, skills: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["skill"].choices = [(s, label) for s, label in ASKS.items() if s in skills]  # type: ignore[attr-defined]

    def clean_where(self) -> str:
        where = self.cleaned_data["where"]
        if where.place != Place.KNOWN:
            raise forms.ValidationError(_("服务日只到本市各地，请选县、区。"), code="outside")
        return str(where.region)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reserve(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """A place at one day, or a wish for the next one near me; sent twice it is one."""
    day = _day(pk)
    skills = sorted({member.skill for member in day.team.all()}) if day else [str(one) for one in ASKS]
    start = {"where": day.region_id if day else _near(request).get("place", "")}
    if request.method != "POST":
        return _page(request, ReserveForm(skills=skills, initial=start), day)
    form = ReserveForm(request.POST, skills=skills)
    if wants_list_only(request.POST):
        return _page(request, unjudged(form), day)
    if form.is_valid():
        with refusals(form, region="where"):
            reserve_need(by=RESIDENT, wish=_wish(form, day, key_of(request)))
            messages.success(request, _thanks(day))
            return redirect(f"{face_of(request)}:days")
    return _page(request, form, day)


def _day(pk: int) -> ServiceDay | None:
    if not pk:
        return None
    coming = ServiceDay.objects.announced().filter(on__gte=timezone.localdate())
    return get_object_or_404(coming.select_related("region").prefetch_related("team"), pk=pk)


def _wish(form: ReserveForm, day: ServiceDay | None, key: str) -> Wish:
    data = form.cleaned_data
    return Wish(
        region=data["where"],
        skill=data["skill"],
        text=data["text"],
        name=data["name"],
        phone=data["phone"],
        client_key=key,
        source=NeedSource.RESERVATION,
        day=day.pk if day else None,
    )


def _thanks(day: ServiceDay | None) -> str:
    if day is None:
        return _("记下了。离您近的服务日定了，会发短信或打电话告诉您。")
    return _("约好了：%(when)s，%(place)s。有变化会告诉您。") % {
        "when": day_words(day.on),
        "place": full_name(register(), day.region_id),
    }


def _page(request: HttpRequest, form: ReserveForm, day: ServiceDay | None) -> HttpResponse:
    context = {"form": form, "day": _told(day) if day else None, "key": key_of(request)}
    return render(request, "public/reserve.html", context)
