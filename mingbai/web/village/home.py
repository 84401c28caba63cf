"""Where a worker begins in the mountains: what can be taken down, and what still waits on this phone."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.servicedays.enums import DayState
from mingbai.servicedays.models import ServiceDay
from mingbai.servicedays.perms import work_filter
from mingbai.web.access import staff, user_of
from mingbai.web.offline import keeps_page
from mingbai.web.where import full_name

BEHIND, AHEAD, MOST = timedelta(days=3), timedelta(days=14), 12
"""Days whose stands are kept on the phone: held lately, or held before the worker is back."""


@keeps_page
@staff(Permission.CASE_OPEN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The forms that open without a network; the phone fetches them all when it sees this page."""
    days = _days(request)
    visits = getattr(user_of(request), "worker", None) is not None
    forms = [reverse("village:matter"), reverse("days:take"), *(day["url"] for day in days)]
    forms += [reverse("oversight:trip_new")] if visits else []
    context = {"days": days, "visits": visits, "keep": " ".join([reverse("village:home"), *forms])}
    return render(request, "village/home.html", context)


def _days(request: HttpRequest) -> list[dict[str, Any]]:
    """Stands of the days at which this person works, soon or a moment ago."""
    user, today, places = user_of(request), timezone.localdate(), register()
    found = ServiceDay.objects.filter(work_filter(user), state__in=(DayState.PLANNED, DayState.HELD))
    near = found.within(today - BEHIND, today + AHEAD).order_by("on", "region_id")[:MOST]
    return [
        {
            "url": reverse("days:stand", args=[day.pk]),
            "title": _("服务日：%(place)s") % {"place": full_name(places, day.region_id)},
            "on": day_words(day.on, today=today),
        }
        for day in near
    ]
