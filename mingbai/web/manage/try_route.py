"""Try an address: who would get such a matter and why, and which deadlines would begin to run."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Channel, Event
from mingbai.cases.kinds import KINDS
from mingbai.cases.queries import Books, books
from mingbai.cases.rules.clocks import Matter, rules_started, run
from mingbai.cases.rules.routing import Request, route
from mingbai.core import when
from mingbai.core.refused import Refused
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import said, unjudged, wants_list_only
from mingbai.web.where import RegionField, full_name


class TryForm(forms.Form):
    """Lives in the address, so that a try can be sent to somebody."""

    kind = forms.ChoiceField(label=_("什么业务"))
    channel = forms.ChoiceField(label=_("从哪个渠道来"), choices=Channel.choices, initial=Channel.WEB)
    where = RegionField(label=_("事情发生在哪里"))
    is_urgent = forms.BooleanField(label=_("紧急"), required=False)
    is_wage = forms.BooleanField(label=_("欠薪求助"), required=False)
    at = forms.DateTimeField(
        label=_("什么时候收到"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("空着就是现在；可以试节假日、下班后。"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(code, kind.label) for code, kind in KINDS.items()]  # type: ignore[attr-defined]


@staff(Permission.RULES_EDIT)
def try_route(request: HttpRequest) -> HttpResponse:
    asked = "kind" in request.GET
    form = TryForm(request.GET) if asked else TryForm()
    result: dict[str, Any] | None = None
    if asked and wants_list_only(request.GET):
        unjudged(form)
    elif asked and form.is_valid():
        result = _result(form.cleaned_data)
    return render(request, "manage/try_route.html", {"form": form, "result": result})


def _result(data: dict[str, Any]) -> dict[str, Any]:
    book, at = books(), data["at"] or timezone.localtime()
    where = data["where"]
    asked = Request(
        kind=data["kind"],
        line=KINDS.get(data["kind"]).line,
        channel=data["channel"],
        place=where.place,
        region=where.region,
        is_urgent=data["is_urgent"],
        at=timezone.localtime(at),
    )
    try:
        decided = route(asked, book.places, book.staffing, book.rules.routes, settings.CITY_CODE)
    except Refused as refused:
        return {"refused": said(refused)}
    return {
        "refused": "",
        "station": book.places.stations[decided.station].name,
        "tier": book.places.stations[decided.station].tier,
        "reasons": decided.reasons,
        "where": full_name(book.places, where.region) if where.region else "",
        "at": when.moment(at),
        "clocks": _clocks(data, at, book),
    }


def _clocks(data: dict[str, Any], at: datetime, book: Books) -> list[dict[str, Any]]:
    """What would begin to run on opening, each with the steps of its date."""
    matter = Matter(data["kind"], data["is_wage"], data["is_urgent"])
    day = timezone.localtime(at).date()
    found = []
    for rule in rules_started(book.rules.deadlines, Event.OPENED, matter, day):
        ends, _soon = run(rule, at, book.places.workdays)
        steps = [(when.short_day(step.date), step.text) for step in ends.steps]
        found.append(
            {
                "name": rule.name,
                "due": when.moment(ends.at),
                "at": ends.at,
                "steps": [(str(_("依据")), rule.source), *steps],
                "is_estimated": ends.estimated,
            }
        )
    return sorted(found, key=lambda clock: clock["at"])
