"""A month's plan on paper: every day with its place and team."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.servicedays.queries.plans import board_days
from mingbai.web.access import staff
from mingbai.web.days.plans import month_words
from mingbai.web.days.reach import hours_of, plan_for
from mingbai.web.where import full_name


@staff(Permission.CASE_SEE)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    shown, places = plan_for(request, pk), register()
    rows = [
        {
            "on": day_words(day.on),
            "place": full_name(places, day.region_id),
            "room": day.room,
            "hours": hours_of(day),
            "team": [f"{m.worker.name}（{m.get_skill_display()}）" for m in day.team.all()],
        }
        for day in board_days(shown)
    ]
    context = {"plan": shown, "title": f"{shown.region.name} {month_words(shown.month)}", "rows": rows}
    return render(request, "days/plan_print.html", context)
