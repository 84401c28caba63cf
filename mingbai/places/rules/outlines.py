"""Outlines of regions as GeoJSON: read and checked; no map without its approval number (审图号)."""

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

APPROVAL = re.compile(r"[\w（）()]{1,20}[(（]\d{4}[)）]\d+号")
"""As printed on maps: 辽S(2024)12号, GS（2023）2767号."""

MOST_POINTS = 20_000
_CODE_NAMES = ("code", "adcode", "id")
_DEPTH = {"Polygon": 2, "MultiPolygon": 3}

Shape = dict[str, Any]


def _bad(reason: str) -> Refused:
    return Refused(reason, code="bad_outlines")


def check_approval(number: str) -> str:
    """Return the approval number. Raises Refused "approval_missing"."""
    number = number.strip()
    if not APPROVAL.fullmatch(number):
        raise Refused(
            _("地图须有审图号，如 辽S(2024)12号，现为“%(number)s”。") % {"number": number[:30]},
            code="approval_missing",
            field="approval",
        )
    return number


def read_outlines(text: str) -> dict[str, Shape]:
    """Return 12-digit code → geometry of a GeoJSON FeatureCollection. Raises Refused "bad_outlines".

    The code stands in the property code, adcode or id, with 6, 9 or 12 digits.
    """
    try:
        features = json.loads(text)["features"]
    except (ValueError, KeyError, TypeError):
        raise _bad(_("不是 GeoJSON（FeatureCollection）")) from None
    if not isinstance(features, list) or not features:
        raise _bad(_("文件里没有轮廓"))
    found: dict[str, Shape] = {}
    for number, feature in enumerate(features, start=1):
        code = _code(feature, number)
        if code in found:
            raise _bad(_("第 %(n)d 个轮廓的代码重复") % {"n": number})
        found[code] = _shape(feature, number)
    return found


def _code(feature: Any, number: int) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    values = properties if isinstance(properties, dict) else {}
    code = next((str(values[name]) for name in _CODE_NAMES if values.get(name)), "")
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)):
        raise _bad(_("第 %(n)d 个轮廓没有区划代码") % {"n": number})
    return code.ljust(12, "0")


def _shape(feature: dict[str, Any], number: int) -> Shape:
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in _DEPTH:
        raise _bad(_("第 %(n)d 个轮廓须是 Polygon 或 MultiPolygon") % {"n": number})
    points = _points(geometry.get("coordinates"), _DEPTH[kind])
    if points is None or not 4 <= len(points) <= MOST_POINTS:
        raise _bad(_("第 %(n)d 个轮廓的坐标不对") % {"n": number})
    return {"type": kind, "coordinates": geometry["coordinates"]}


def _points(nested: Any, depth: int) -> list[Any] | None:
    """All points below; None when something there is no point of the country (longitude first)."""
    if depth == 0:
        return [nested] if _is_point(nested) else None
    if not isinstance(nested, list):
        return None
    found: list[Any] = []
    for part in nested:
        below = _points(part, depth - 1)
        if below is None:
            return None
        found += below
    return found


def _is_point(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    longitude, latitude = value[:2]
    return all(isinstance(n, int | float) for n in (longitude, latitude)) and (
        73 <= longitude <= 136 and 3 <= latitude <= 54
    )
