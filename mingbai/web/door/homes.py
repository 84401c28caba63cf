"""Home visits of a day: a sheet for each who goes, to print or to open on the phone; met, or not met."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.visits.actions.records import not_met
from mingbai.visits.models import Visit
from mingbai.visits.perms import can_receive
from mingbai.visits.queries.visits import homes_on
from mingbai.web.access import staff
from mingbai.web.door.home import row_of
from mingbai.web.door.reach import day_of, frame, here, user_of, visit_for
from mingbai.web.forms import WordsField
from mingbai.web.manage.pages import Ask


@staff(Permission.CASE_SEE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The sheets of one day, by who goes; each in the order of the hours that were promised."""
    station, user, on = here(request), user_of(request), day_of(request)
    works = can_receive(user, station)
    tours: dict[int, dict[str, Any]] = {}
    for visit in homes_on(user, [station], on):
        opening = visit.opening
        assert opening is not None
        tour = tours.setdefault(opening.pk, {"who": opening.receives, "visits": []})
        tour["visits"].append(_stop(visit, works=works))
    context = {
        **frame(request, "homes"),
        "on": on.isoformat(),
        "on_words": day_words(on, today=timezone.localdate()),
        "tours": list(tours.values()),
    }
    return render(request, "door/homes.html", context)


def _stop(visit: Visit, *, works: bool) -> dict[str, Any]:
    return {
        **row_of(visit, works=works),
        "place": visit.place if works else "",
        "text": visit.text if works else "",
        "may_miss": works
        and visit.is_open
        and visit.starts_at is not None
        and visit.starts_at <= timezone.now(),
    }


class MissForm(forms.Form):
    reason = WordsField(label=gettext_lazy("怎么没见到"), most=300, rows=2)


@staff(Permission.CASE_OPEN)
def missed(request: HttpRequest, pk: int) -> HttpResponse:
    """We were there and nobody was."""
    shown = visit_for(request, pk)

    def act(data: dict[str, Any]) -> None:
        not_met(by=user_of(request).actor, visit=shown, **data)

    back = _("上门"), f"{reverse('door:homes')}?on={shown.on.isoformat()}"
    done = _("已记下，请打电话和他另约。")
    return Ask(_("没见到人"), MissForm, act, back, _("记下"), done).show(request)
