"""Rows of the sheets of regions and stations: Chinese or English columns, words to values, and why not."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.places.enums import Level, Line, Tier

REGION_COLUMNS = {"区划代码": "code", "名称": "name", "层级": "level", "上级": "parent", "上级代码": "parent"}
STATION_COLUMNS = {
    "区划代码": "region",
    "站点代码": "code",
    "名称": "name",
    "层级": "tier",
    "已建成": "is_built",
    "独立场所": "own_premises",
    "业务": "lines",
    "窗口数": "windows",
    "热线席位": "hotline_seats",
    "查询机": "kiosks",
    "计划建成日期": "planned_on",
    "承办转来事项": "takes_matters",
    "代办站点": "substitute",
    "地址": "address",
    "公开电话": "phone",
    "纬度": "latitude",
    "经度": "longitude",
}


def refused(column: str, reason: str, code: str = "bad_value") -> Refused:
    return Refused(
        _("%(column)s：%(reason)s") % {"column": column, "reason": reason}, code=code, field=column
    )


def yes_no(text: str, column: str) -> bool:
    if text in ("是", "否"):
        return text == "是"
    raise refused(column, _("应为 是 或 否，现为“%(text)s”") % {"text": text[:20]})


def count(text: str, column: str) -> int:
    """A number of things; an empty cell is none."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or int(text) > 999:
        raise refused(column, _("应为 0 到 999 的整数，现为“%(text)s”") % {"text": text[:20]})
    return int(text)


def day(text: str, column: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise refused(column, _("日期“%(text)s”不对，应如 2027-01-01") % {"text": text[:20]}) from None


def lines(text: str, column: str) -> frozenset[str]:
    """Lines separated by ; or 、, as codes or in Chinese."""
    words = [word.strip() for word in text.replace("；", ";").replace("、", ";").split(";") if word.strip()]
    labels = {str(line.label): line.value for line in Line}
    codes = [labels.get(word, word) for word in words]
    if unknown := [code for code in codes if code not in Line.values]:
        raise refused(column, _("没有这项业务：%(lines)s") % {"lines": "、".join(unknown)[:60]})
    return frozenset(codes)


def tier(text: str, column: str) -> str:
    return _word(text, {str(t.label): t.value for t in Tier}, Tier.values, column)


def level(text: str, column: str) -> str:
    return _word(text, {str(one.label): one.value for one in Level}, Level.values, column)


def _word(text: str, labels: Mapping[str, str], values: list[str], column: str) -> str:
    code = labels.get(text, text)
    if code not in values:
        raise refused(
            column, _("应为 %(values)s，现为“%(text)s”") % {"values": "、".join(values), "text": text[:20]}
        )
    return code


def plain(text: str, column: str) -> str:
    if "\x00" in text:
        raise refused(column, _("含有不能保存的字符"))
    return text


_STATION_VALUES: dict[str, Callable[[str, str], Any]] = {
    "tier": tier,
    "is_built": yes_no,
    "own_premises": yes_no,
    "takes_matters": yes_no,
    "lines": lines,
    "windows": count,
    "hotline_seats": count,
    "kiosks": count,
    "planned_on": day,
}


def station_values(row: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of a station's row; a column that is not in the sheet is not in the result.

    Raises Refused "bad_value" with the column.
    """
    found: dict[str, Any] = {}
    for column, cell in row.items():
        name = STATION_COLUMNS.get(column.strip(), column.strip())
        text = "" if cell is None else str(cell).strip()
        found[name] = _STATION_VALUES.get(name, plain)(text, column)
    for name in ("region", "name", "tier", "is_built"):
        if not found.get(name) and found.get(name) is not False:
            raise refused(name, _("缺少"), "missing")
    return found


def region_values(row: Mapping[str, object]) -> dict[str, str]:
    """Return code, name, level and parent of a region's row. Raises Refused "bad_value" with the column."""
    found: dict[str, str] = {}
    for column, cell in row.items():
        name = REGION_COLUMNS.get(column.strip(), column.strip())
        text = "" if cell is None else str(cell).strip()
        found[name] = level(text, column) if name == "level" else plain(text, column)
    for name in ("code", "name", "level"):
        if not found.get(name):
            raise refused(name, _("缺少"), "missing")
    return found
