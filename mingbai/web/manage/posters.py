"""A station's poster: a code that opens the ask page with the place already chosen, to print on A4."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.core.qr import qr_svg
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.manage.reach import keeper


@staff(Permission.PEOPLE_EDIT)
def poster(request: HttpRequest, code: str) -> HttpResponse:
    station = keeper(request, Permission.PEOPLE_EDIT).station(code)
    url = f"{settings.PUBLIC_URL}{reverse('public:ask')}?place={station.region_id}"
    context = {
        "station": station,
        "url": url,
        "qr": qr_svg(url, label=_("扫码就能问")),
        "phone": station.phone or settings.CITY_HOTLINE,
        "hotline": settings.CITY_HOTLINE,
    }
    return render(request, "manage/poster.html", context)
