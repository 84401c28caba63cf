"""The front door: one sentence, one big box, eight buttons, the number, the nearest station."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mingbai.places.queries import register
from mingbai.web.access import public
from mingbai.web.public.doors import large_doors, small_doors
from mingbai.web.public.stations import NEAR_COOKIE, nearest, told
from mingbai.web.where import choices_below


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Shows the station near the place chosen last time, else the city's own."""
    places = register()
    near = nearest(places, request.COOKIES.get(NEAR_COOKIE, ""), timezone.localdate())
    context = {
        "tiles": [door.tile() for door in large_doors()],
        "others": small_doors(),
        "station": told(places, near, timezone.now()) if near else None,
        "counties": choices_below(places, settings.CITY_CODE),
    }
    return render(request, "public/home.html", context)
