"""The hand-over inbox: what is offered to my stations, what mine have offered, what was declined twice."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import HandoverState
from mingbai.cases.models import Case, Handover
from mingbai.cases.queries import inbox as offered_to
from mingbai.core import when
from mingbai.core.pagination import page_of
from mingbai.people.roles import Permission
from mingbai.web.access import HtmxRequest, staff
from mingbai.web.desk.case_page import tags_of
from mingbai.web.desk.reach import Here
from mingbai.web.desk.worklist import near_name, row_of
from mingbai.web.matters import kind_label, title_of

_MOST = 20


@staff(Permission.CASE_WORK)
def inbox(request: HtmxRequest) -> HttpResponse:
    here = Here(request.user)  # type: ignore[arg-type]
    page = page_of(offered_to(here.user), request.GET, _MOST)
    now = timezone.now()
    context = {
        "post": here.post,
        "page": page,
        "offers": [_offer(offer, here) for offer in page.items],
        "given": [_given(offer, here) for offer in _offered_by(here)],
        "stuck": [row_of(case, here, now) for case in _stuck(here)],
    }
    return render(request, "desk/_inbox.html" if request.htmx else "desk/inbox.html", context)


def _offer(offer: Handover, here: Here) -> dict[str, Any]:
    case = offer.case
    args = {
        name: reverse("desk:act", args=[case.number, name])
        for name in ("accept_handover", "decline_handover")
    }
    return {
        "title": title_of(case),
        "url": reverse("desk:case", args=[case.number]),
        "number": case.number,
        "tags": tags_of(case),
        "facts": [near_name(case, here.places), kind_label(case)],
        "giver": offer.giver.name,
        "taker": offer.taker.name,
        "by": offer.offered_by,
        "at": when.moment(offer.offered_at),
        "reason": offer.reason,
        "accept_url": args["accept_handover"],
        "decline_url": args["decline_handover"],
    }


def _offered_by(here: Here) -> list[Handover]:
    """Of my stations, and still unanswered."""
    mine = Handover.objects.filter(state=HandoverState.OFFERED, giver_id__in=here.stations)
    return list(mine.select_related("case", "taker").order_by("offered_at", "id")[:_MOST])


def _given(offer: Handover, here: Here) -> dict[str, Any]:
    return {
        "title": title_of(offer.case),
        "url": reverse("desk:case", args=[offer.case.number]),
        "number": offer.case.number,
        "taker": offer.taker.name,
        "at": when.moment(offer.offered_at),
        "back_url": reverse("desk:act", args=[offer.case.number, "take_back"]),
        "state": _("待签收"),
    }


def _stuck(here: Here) -> list[Case]:
    """Declined twice: the supervisor designates, until then it stays with us."""
    cases: Any = Case.objects.visible_to(here.user).open()
    found = cases.filter(needs_designation=True, station_id__in=here.stations)
    return list(found.select_related("owner", "speaker", "party").work_order()[:_MOST])
