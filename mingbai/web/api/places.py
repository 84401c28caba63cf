"""Regions and stations through the API: public facts, no key needed."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from mingbai.places.queries import register
from mingbai.web.api import schemas as s
from mingbai.web.api.problems import Problem

router = Router(tags=["places"], auth=None)
PROBLEMS = {404: s.ProblemOut, 422: s.ProblemOut}


def known_region(code: str) -> str:
    if code not in register().regions:
        raise Problem(404, "unknown_region", _("没有这个区划代码。"))
    return code


@router.get("/regions", response={200: list[s.RegionOut], **PROBLEMS})
def regions(request: HttpRequest, parent: str = "") -> list[dict[str, Any]]:
    """The divisions below `parent`; without it, the root."""
    places, today = register(), timezone.localdate()
    above = known_region(parent) if parent else ""
    return [
        {
            "code": row.code,
            "name": row.name,
            "level": row.level,
            "has_children": bool(places.children(row.code, today)),
        }
        for row in places.children(above, today)
    ]


@router.get("/stations", response={200: list[s.StationOut], **PROBLEMS})
def stations(request: HttpRequest, region: str = "") -> list[dict[str, Any]]:
    """Built stations of a region (not of its subtree); without it, of the root."""
    places, now = register(), timezone.now()
    codes = (
        [known_region(region)]
        if region
        else [row.code for row in places.children("", timezone.localdate(now))]
    )
    return [
        {
            "code": row.code,
            "name": row.name,
            "tier": row.tier,
            "lines": sorted(row.lines),
            "open_now": places.is_open(row.code, now),
        }
        for code in codes
        for row in places.stations_at(code)
        if row.is_built and not (row.closed_on and row.closed_on <= timezone.localdate(now))
    ]
