"""Who is near: stations, lawyers, notaries, mediators, appraisers with their hours, the nearest first."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mingbai.knowledge.enums import Kind
from mingbai.knowledge.queries import Hit, nearest
from mingbai.places.enums import Line
from mingbai.places.queries import register
from mingbai.places.rules import Register
from mingbai.web.access import face_of, public
from mingbai.web.headers import may_locate
from mingbai.web.hits import told
from mingbai.web.maps import Map, Point, drawn_in
from mingbai.web.public.stations import NEAR_COOKIE
from mingbai.web.where import choices_below, picked_from

MOST = 30
WHO = (
    ("station", gettext_lazy("服务站点")),
    (Line.COUNSEL.value, gettext_lazy("律师")),
    (Line.NOTARY.value, gettext_lazy("公证")),
    (Line.MEDIATION.value, gettext_lazy("调解")),
    (Line.FORENSIC.value, gettext_lazy("司法鉴定")),
    (Line.ARBITRATION.value, gettext_lazy("仲裁")),
)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def near(request: HttpRequest) -> HttpResponse:
    """A place is chosen in the address; a position is posted, so that no address keeps it."""
    places, face, asked = register(), face_of(request), request.POST or request.GET
    picked = picked_from(asked, places)
    cookie = request.COOKIES.get(NEAR_COOKIE, "")
    region = next((code for code in (picked.deepest, cookie) if code in places.regions), settings.CITY_CODE)
    what, point = asked.get("who", ""), point_of(request.POST)
    what = what if what in dict(WHO) else ""
    groups = [what] if what else [code for code, _label in WHO]
    hits = nearest(region=region, point=point, what=groups, kinds=(Kind.OFFICE, Kind.PERSON), limit=MOST)
    context = {
        "rows": [
            {**told(hit, face), "sign": str(sign), "far": _far(hit)} for sign, hit in enumerate(hits, start=1)
        ],
        "is_full": len(hits) == MOST,
        "map": _map(places.county_of(region) or region, hits, face),
        "place": _("您现在的位置") if point else _name(places, region),
        "was_located": point is not None,
        "not_located": bool(request.POST) and point is None,
        "counties": choices_below(places, settings.CITY_CODE),
        "towns": choices_below(places, picked.county),
        "picked": picked,
        "who": what,
        "whos": WHO,
    }
    return may_locate(render(request, "public/near.html", context))


def _name(places: Register, region: str) -> str:
    return places.path_names(region) if region in places.regions else ""


def point_of(posted: Mapping[str, str]) -> tuple[float, float] | None:
    """(latitude, longitude) in degrees as a phone gives them; None for none and for what is no place."""
    try:
        latitude, longitude = float(posted.get("latitude", "")), float(posted.get("longitude", ""))
    except ValueError:
        return None
    # Comparisons with NaN are false: it is no place either.
    is_place = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if is_place else None


def _far(hit: Hit) -> str:
    """As the crow flies, in words; "" where either point is unknown."""
    if hit.distance is None:
        return ""
    if hit.distance < 1_000:
        return _("约 %(n)d 米") % {"n": round(hit.distance, -2) or 100}
    return _("约 %(n).1f 公里") % {"n": hit.distance / 1_000}


def _map(region: str, hits: list[Hit], face: str) -> Map | None:
    """Offices alone: people stand where their station stands."""
    points = [
        Point(hit.point[1], hit.point[0], str(sign), hit.title, _page(hit, face))
        for sign, hit in enumerate(hits, start=1)
        if hit.point and hit.kind == Kind.OFFICE
    ]
    return drawn_in(region, points)


def _page(hit: Hit, face: str) -> str:
    return reverse("public:station", args=[hit.ref]) if face == "public" and len(hit.ref) >= 12 else ""
