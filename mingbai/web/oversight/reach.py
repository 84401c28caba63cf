"""How a page of oversight reaches its objects: what the user may not see does not exist (404)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from mingbai.oversight.models import Review, Supervision
from mingbai.oversight.perms import can_keep_villages, village_codes
from mingbai.places.enums import Level
from mingbai.places.models import Region
from mingbai.web.access import user_of
from mingbai.web.ways import Room

_ROOM = Room("oversight")
way, link = _ROOM.way, _ROOM.link


def tabs(here: str) -> list[dict[str, Any]]:
    """The lists of oversight."""
    pages = {
        "villages": _("到村服务"),
        "supervisions": _("督办"),
        "stations": _("站点考评"),
        "standards": _("考评标准"),
    }
    return _ROOM.tabs(pages.items(), here)


def village_for(request: HttpRequest, code: str, *, keeps: bool = False) -> Region:
    user = user_of(request)
    region = get_object_or_404(Region, pk=code, level=Level.VILLAGE)
    if code not in village_codes(user):
        raise Http404
    if keeps and not can_keep_villages(user, code):
        raise PermissionDenied
    return region


def supervision_for(request: HttpRequest, pk: int) -> Supervision:
    found = Supervision.objects.visible_to(user_of(request)).select_related("case__station", "case__region")
    return get_object_or_404(found, pk=pk)


def review_for(request: HttpRequest, pk: int) -> Review:
    found = Review.objects.visible_to(user_of(request)).select_related("station__region", "standard")
    return get_object_or_404(found, pk=pk)
