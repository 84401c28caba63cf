"""Maps as pictures that the server draws: outlines of regions with numbered points, for a list beside them.

No script, no tiles from elsewhere: a map prints, reads without JavaScript, and shows only what an office has
brought with its approval number (审图号, 地图管理条例). The list is the map's text: numbers are the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from typing import Any

from django.utils import timezone

from mingbai.places.models import Outline
from mingbai.places.queries import register

WIDTH, MOST_HEIGHT, MARGIN = 720.0, 720.0, 24.0
LngLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees as a phone gives them; `label` stands on the map, `title` is read out, `url` may be ""."""

    longitude: float
    latitude: float
    label: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    point: Point


@dataclass(frozen=True, slots=True)
class Map:
    """`paths`: (name of the region, SVG path data). `view`: the SVG's viewBox. `shades`: of each path,
    0 (none) to 4 (most).
    """

    view: str
    paths: tuple[tuple[str, str], ...]
    dots: tuple[Dot, ...]
    approval: str
    shades: tuple[int, ...] = ()

    @property
    def lands(self) -> list[tuple[str, str, int]]:
        """(name, path data, shade) of each region."""
        shades = self.shades or (0,) * len(self.paths)
        return [(name, path, shade) for (name, path), shade in zip(self.paths, shades, strict=True)]


def drawn(points: Sequence[Point], outlines: Sequence[tuple[str, Any]], approval: str) -> Map | None:
    """Draw (region's name, GeoJSON geometry) with points; None without outlines or without points.

    Equirectangular about the middle latitude: within a city the error is below what a screen shows.
    """
    rings = [(name, list(_rings(shape))) for name, shape in outlines]
    corners = [place for _name, held in rings for ring in held for place in ring]
    if not points or not corners:
        return None
    project, width, height = _projection([*corners, *((each.longitude, each.latitude) for each in points)])
    paths = tuple((name, " ".join(_path(map(project, ring)) for ring in held)) for name, held in rings)
    placed = [(project((each.longitude, each.latitude)), each) for each in points]
    dots = tuple(Dot(x, y, each) for (x, y), each in placed)
    return Map(f"0 0 {width:.0f} {height:.0f}", paths, dots, approval)


def drawn_in(region: str, points: Sequence[Point]) -> Map | None:
    """Points on the outlines that an office has brought of the regions below, else of the region itself."""
    if not points:
        return None
    places = register()
    shown = [row.code for row in places.children(region, timezone.localdate())] or [region]
    outlines = list(Outline.objects.filter(region__in=shown).order_by("region"))
    outlines = outlines or list(Outline.objects.filter(region=region))
    shapes = [(places.regions[each.region_id].name, each.shape) for each in outlines]
    return drawn(points, shapes, "、".join(sorted({each.approval for each in outlines})))


@dataclass(frozen=True, slots=True)
class Shade:
    """What a region shows: its number in the list, what is read out, where it leads, and how dark (0 … 4)."""

    label: str
    title: str
    url: str
    shade: int


def shaded(shades: Mapping[str, Shade]) -> Map | None:
    """Regions (code → what it shows) on their outlines, numbered in their middles; None without any."""
    places = register()
    outlines = list(Outline.objects.filter(region__in=shades).order_by("region"))
    shapes = [(places.regions[each.region_id].name, each.shape) for each in outlines]
    points = [_middle(each.shape, shades[each.region_id]) for each in outlines]
    made = drawn(points, shapes, "、".join(sorted({each.approval for each in outlines})))
    return replace(made, shades=tuple(shades[each.region_id].shade for each in outlines)) if made else None


def _middle(shape: Any, shown: Shade) -> Point:
    """In the middle of the ring with the most corners: near enough for a number."""
    ring = max(_rings(shape), key=len)
    longitude, latitude = (sum(place[axis] for place in ring) / len(ring) for axis in (0, 1))
    return Point(longitude, latitude, shown.label, shown.title, shown.url)


def _projection(places: Sequence[LngLat]) -> tuple[Callable[[LngLat], LngLat], float, float]:
    """Return (function from degrees to the picture, its width, its height)."""
    west, east = min(lng for lng, _lat in places), max(lng for lng, _lat in places)
    south, north = min(lat for _lng, lat in places), max(lat for _lng, lat in places)
    shrink = cos(radians((south + north) / 2))
    wide, high = max((east - west) * shrink, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)

    def project(place: LngLat) -> LngLat:
        x = MARGIN + (place[0] - west) * shrink * scale
        return round(x, 1), round(MARGIN + (north - place[1]) * scale, 1)

    return project, wide * scale + 2 * MARGIN, high * scale + 2 * MARGIN


def _rings(shape: Any) -> Iterator[list[LngLat]]:
    """The rings of a Polygon or MultiPolygon, outer and inner."""
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(place[0]), float(place[1])) for place in ring]


def _path(places: Iterable[LngLat]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places) + "Z"
