"""The invitation of one party, to be printed: its own number, how it opens, what taking part means."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core import when
from mingbai.core.qr import qr_svg
from mingbai.mediation.models import Pass
from mingbai.mediation.perms import can_invite
from mingbai.mediation.queries.online import live_passes
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.reach import case_for


@staff(Permission.CASE_SEE)
def invitation(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """404: not visible, not theirs to invite to, or nobody is invited any more."""
    user: User = request.user  # type: ignore[assignment]
    case = case_for(user, number)
    part = live_passes(case, timezone.now()).get(pk) if can_invite(user, case) else None
    if part is None:
        raise Http404
    url = f"{settings.PUBLIC_URL}{reverse('public:party', args=[part.number])}"
    context = {
        "part": part,
        "url": url,
        "qr": qr_svg(url, label=_("扫码打开")),
        "lines": _lines(part, case.station.name, case.station.address, case.station.phone),
        "phone": case.station.phone or settings.CITY_HOTLINE,
    }
    return render(request, "mediation/invitation.html", context)


def _lines(part: Pass, station: str, address: str, phone: str) -> list[tuple[str, str]]:
    rows = [
        (_("谁请您"), station),
        (_("地址"), address),
        (_("电话"), phone),
        (_("有效到"), when.day(timezone.localdate(part.until), today=timezone.localdate())),
    ]
    return [(label, text) for label, text in rows if text]
