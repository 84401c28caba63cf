"""The display of one window: who serves, which number is called, and afterwards: how was it?

The tablet that stands there is opened once with the address from "大厅叫号" and keeps its key; any other
browser sees the number and nothing else, and rates nothing.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.enums import GRADES
from mingbai.core.actor import RESIDENT
from mingbai.core.qr import qr_svg
from mingbai.core.refused import Refused
from mingbai.visits.actions.ratings import WINDOW, rate_visit
from mingbai.visits.models import Visit
from mingbai.visits.queries.queue import at_window, window_key
from mingbai.web.access import public, refuse_staff
from mingbai.web.forms import said
from mingbai.web.headers import live_url
from mingbai.web.screen.hall import station_or_404

KEY, A_YEAR = "window_key", 365 * 24 * 3600
SALT, VALID = "screen.rate", 600
"""A prompt can be answered for ten minutes; it is shown for three."""
MOST_WINDOWS = 99


@public
@require_safe
def window(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Opened with its key, the tablet keeps it and forgets the address."""
    station = _station_or_404(code, number)
    if sent := request.GET.get("key", ""):
        response = redirect("screen:window", code, number)
        if _opens(sent, code, number):
            is_secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(KEY, sent, max_age=A_YEAR, httponly=True, samesite="Lax", secure=is_secure)
        return response
    context = {
        "station": station,
        "code": code,
        "number": number,
        "stream": f"{live_url(request)}hall/{code}/",
        **_shown(request, code, number),
    }
    return render(request, "screen/window.html", context)


@public
@require_safe
def now(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The part that changes."""
    _station_or_404(code, number)
    return render(request, "screen/_window.html", _shown(request, code, number))


@public
@require_POST
def rate(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One touch; never from a browser in which one of us is signed in."""
    _station_or_404(code, number)
    try:
        grade = request.POST.get("grade", "")
        visit = _asked(request, code, number)
        rate_visit(by=RESIDENT, visit=visit, grade=int(grade) if grade in set("12345") else 0, via=WINDOW)
        messages.success(request, _("谢谢您的评价。"))
    except Refused as refused:
        messages.error(request, said(refused))
    return redirect("screen:window", code, number)


def _asked(request: HttpRequest, code: str, number: int) -> Visit:
    refuse_staff(request)
    if not _is_paired(request, code, number):
        raise Refused(_("这块屏没有配对，不能评价。"), code="not_paired")
    try:
        pk = signing.loads(request.POST.get("visit", ""), salt=SALT, max_age=VALID)
    except signing.BadSignature:
        raise Refused(_("评价的时间过了。您也可以凭预约码在手机上评。"), code="too_late") from None
    visit = Visit.objects.filter(pk=pk, station_id=code, window=number).first()
    if visit is None:
        raise Refused(_("评价的时间过了。您也可以凭预约码在手机上评。"), code="too_late")
    return visit


def _station_or_404(code: str, number: int) -> str:
    if not 1 <= number <= MOST_WINDOWS:
        raise Http404
    return station_or_404(code)


def _opens(key: str, code: str, number: int) -> bool:
    # A tablet that was set up before the master key was exchanged knows the older one.
    every = window_key(code, number).every
    return any(compare_digest(key.encode(), each.encode()) for each in every)


def _is_paired(request: HttpRequest, code: str, number: int) -> bool:
    return _opens(request.COOKIES.get(KEY, ""), code, number)


def _shown(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    found, is_paired = at_window(code, number, timezone.now()), _is_paired(request, code, number)
    called = found.called
    return {
        "code": code,
        "number": number,
        "is_paired": is_paired,
        "clerk": found.clerk if is_paired else "",
        "called": called.number or _("请坐") if called else "",
        "prompt": _prompt(request, found.rated) if is_paired and found.rated else None,
    }


def _prompt(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    own = request.build_absolute_uri(reverse("public:visit", args=[visit.code])) if visit.code else ""
    return {
        "visit": signing.dumps(visit.pk, salt=SALT),
        "grades": list(GRADES.items()),
        "qr": qr_svg(own, label=_("用您自己的手机扫这里评价")) if own else "",
        "what": visit.number or visit.get_line_display(),
    }
