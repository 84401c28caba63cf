"""The tour on the phone: a page that names nobody and opens without a network, and what is put into it.

The phone encrypts the tour with a key made of a PIN that never leaves it, keeps it for the day, and wipes it
when everything was sent, when the day is over, or after five wrong PINs.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.enums import Mode
from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.places.enums import Line
from mingbai.visits.queries.tours import tours_on
from mingbai.web.access import staff, user_of
from mingbai.web.door.homes import paper_row, tour_for, whole_tour
from mingbai.web.door.reach import frame, here
from mingbai.web.offline import keeps_page


@keeps_page
@staff(Permission.CASE_OPEN)
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The page that the phone keeps. Which tours there are today is asked apart: it is not kept."""
    context = {
        **frame(request, "homes"),
        "lines": Line.choices,
        "outcomes": Mode.choices,
    }
    return render(request, "door/tour.html", context)


@staff(Permission.CASE_OPEN)
@require_safe
def today(request: HttpRequest) -> JsonResponse:
    """The tours of today that can be taken along: who goes and how many homes, nothing of residents."""
    day = timezone.localdate()
    rows = [
        {
            "pk": tour.opening.pk,
            "on": day.isoformat(),
            "who": tour.opening.receives,
            "homes": sum(visit.is_open for visit in tour.visits),
        }
        for tour in tours_on(user_of(request), [here(request)], day)
    ]
    return JsonResponse({"tours": [row for row in rows if row["homes"]]})


@staff(Permission.CASE_OPEN)
@require_POST
def pack(request: HttpRequest, pk: int, on: str) -> JsonResponse:
    """One tour with names, telephones and addresses, to be encrypted there; each look is in the history."""
    opening, day = tour_for(request, pk, on)
    tour = whole_tour(opening, day)
    stops: list[dict[str, Any]] = [
        paper_row(request, visit, tour.reached.get(visit.pk)) for visit in tour.visits if visit.is_open
    ]
    return JsonResponse(
        {"on": day.isoformat(), "on_words": day_words(day), "who": opening.receives, "stops": stops}
    )
