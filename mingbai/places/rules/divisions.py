"""A city's divisions file (code,name,level,parent): read, checked as a whole, named as people there write."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.places.enums import Level, Tier

COLUMNS = ("code", "name", "level", "parent")
CODE = re.compile(r"[0-9]{12}", re.ASCII)
MOST_NAME = 64

RANK: dict[str, int] = {level: rank for rank, level in enumerate(Level)}
TIER_OF: dict[str, Tier] = dict(zip(Level, Tier, strict=True))
_SUFFIX: dict[str, str] = {
    Level.CITY: "公共法律服务中心",
    Level.COUNTY: "公共法律服务中心",
    Level.TOWNSHIP: "公共法律服务工作站",
    Level.VILLAGE: "公共法律服务工作室",
}


@dataclass(frozen=True, slots=True)
class Division:
    """A row of the file; `line` is its line there, the header being line 1."""

    code: str
    name: str
    level: str
    parent: str
    line: int


def station_name(name: str, level: str) -> str:
    """Return what a region's own station is called: 抚顺市公共法律服务中心, …工作站, …工作室."""
    return f"{name}{_SUFFIX[level]}"


def bad_row(line: int, reason: str, code: str = "bad_divisions") -> Refused:
    return Refused(_("第 %(line)d 行：%(reason)s") % {"line": line, "reason": reason}, code=code)


def rows_of(text: str) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV with the line each begins on; empty lines are left out.

    Raises Refused "bad_divisions" for a missing column, a row of another width, broken quotes or a NUL.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[tuple[int, dict[str, str]]] = []
    header: list[str] = []
    begins = 1
    try:
        for row in reader:
            if not header:
                header = _header(row)
            elif any(cell.strip() for cell in row):
                if len(row) != len(header):
                    raise bad_row(
                        begins, _("应有 %(n)d 列，实有 %(m)d 列") % {"n": len(header), "m": len(row)}
                    )
                found.append((begins, dict(zip(header, (cell.strip() for cell in row), strict=True))))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise bad_row(begins, _("不是完整的 CSV（%(error)s）") % {"error": error}) from None
    if not header:
        raise bad_row(1, _("文件是空的"))
    return found


def _header(row: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in row]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise bad_row(1, _("缺少列 %(columns)s") % {"columns": "、".join(missing)})
    return header


def read_divisions(text: str) -> tuple[Division, ...]:
    """Return the whole file, checked. Raises Refused "bad_divisions" with line and reason."""
    return checked(
        Division(row["code"], row["name"], row["level"], row["parent"], line) for line, row in rows_of(text)
    )


def checked(divisions: Iterable[Division]) -> tuple[Division, ...]:
    """Return one city's divisions, every parent before its children; nothing of a file with one bad row.

    Raises Refused "bad_divisions" with line and reason.
    """
    by_code: dict[str, Division] = {}
    for division in divisions:
        if reason := why_not(division.code, division.name, division.level):
            raise bad_row(division.line, reason)
        if earlier := by_code.get(division.code):
            raise bad_row(
                division.line,
                _("代码 %(code)s 在第 %(line)d 行已有") % {"code": division.code, "line": earlier.line},
            )
        by_code[division.code] = division
    _one_city(by_code.values())
    for division in by_code.values():
        _has_parent(division, by_code)
    return tuple(sorted(by_code.values(), key=lambda division: (RANK[division.level], division.code)))


def why_not(code: str, name: str, level: str) -> str:
    """Return what is wrong with a region's own values, or ""."""
    if not CODE.fullmatch(code):
        return _("区划代码应为 12 位数字，现为“%(code)s”") % {"code": code[:20]}
    if not name or len(name) > MOST_NAME or not name.isprintable():
        return _("名称应为 1 到 %(most)d 个字") % {"most": MOST_NAME}
    if level not in RANK:
        return _("层级应为 %(levels)s，现为“%(level)s”") % {
            "levels": "、".join(Level.values),
            "level": level[:20],
        }
    return ""


def _one_city(divisions: Iterable[Division]) -> None:
    cities = [division for division in divisions if division.level == Level.CITY]
    if not cities:
        raise bad_row(1, _("文件里没有市（level 为 city）的一行"))
    if len(cities) > 1:
        raise bad_row(
            cities[1].line, _("一个文件只能有一个市，第 %(line)d 行已有") % {"line": cities[0].line}
        )


def _has_parent(division: Division, by_code: Mapping[str, Division]) -> None:
    if division.level == Level.CITY:
        return
    parent = by_code.get(division.parent)
    if parent is None:
        raise bad_row(
            division.line, _("上级 %(parent)s 不在文件里") % {"parent": division.parent[:20] or _("（空）")}
        )
    # Not always one level apart: a city without counties has its townships directly below it.
    if RANK[parent.level] >= RANK[division.level]:
        raise bad_row(division.line, _("上级“%(name)s”的层级不比它高") % {"name": parent.name})
