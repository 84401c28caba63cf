"""The State Council's holiday notice as a file (date,workday,name): read, and checked against the law."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.core.statutory import statutory_holidays
from mingbai.core.workdays import Day, Workdays

_YES = frozenset({"1", "true", "yes", "y", "是", "班", "上班", "工作日"})
_NO = frozenset({"0", "false", "no", "n", "否", "休", "放假", "休息日"})


@dataclass(frozen=True, slots=True)
class Notice:
    """What a file says; `source` is "" where it does not name one."""

    year: int
    days: Mapping[date, Day]
    source: str


def _bad(reason: str) -> Refused:
    return Refused(reason, code="bad_notice")


def read_notice(text: str) -> Notice:
    """Return the notice of a CSV with the columns date,workday,name[,source] or of JSON
    `{"year"?, "source"?, "days": [{"date", "workday", "name"}]}`. Raises Refused "bad_notice"."""
    if text.lstrip().startswith(("{", "[")):
        rows, said, source = _from_json(text)
    else:
        rows, said, source = _from_csv(text), None, ""
    days: dict[date, Day] = {}
    for line, row in enumerate(rows, start=2):
        day, entry = _day(row, line)
        if day in days:
            raise _bad(_("第 %(line)d 行：%(date)s 重复") % {"line": line, "date": day})
        days[day] = entry
        source = source or str(row.get("source") or "").strip()
    year = said or max((day.year for day in days), default=0)
    check_notice(year, days)
    return Notice(year, days, source)


def _from_csv(text: str) -> list[dict[str, object]]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = [name.strip().lower() for name in reader.fieldnames or []]
        reader.fieldnames = names
        rows: list[dict[str, object]] = [dict(row) for row in reader]
    except csv.Error as error:
        raise _bad(_("不是完整的 CSV（%(error)s）") % {"error": error}) from None
    if missing := [name for name in ("date", "workday", "name") if name not in names]:
        raise _bad(_("缺少列 %(columns)s") % {"columns": "、".join(missing)})
    return rows


def _from_json(text: str) -> tuple[list[dict[str, object]], int | None, str]:
    try:
        whole = json.loads(text)
    except ValueError as error:
        raise _bad(_("不是完整的 JSON（%(error)s）") % {"error": error}) from None
    whole = {"days": whole} if isinstance(whole, list) else whole
    rows, year = whole.get("days"), whole.get("year")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _bad(_("JSON 里应有 days 列表，每项有 date、workday、name"))
    return rows, year if isinstance(year, int) else None, str(whole.get("source") or "").strip()


def _day(row: Mapping[str, object], line: int) -> tuple[date, Day]:
    try:
        day = date.fromisoformat(str(row.get("date") or "").strip())
    except ValueError:
        raise _bad(
            _("第 %(line)d 行：日期“%(text)s”不对，应如 2027-01-01")
            % {"line": line, "text": str(row.get("date"))[:20]}
        ) from None
    said = str(row.get("workday")).strip().lower()
    if said not in _YES | _NO:
        raise _bad(
            _("第 %(line)d 行：workday 应为 是 或 否，现为“%(text)s”") % {"line": line, "text": said[:20]}
        )
    name = str(row.get("name") or "").strip()
    if not name or len(name) > 32:
        raise _bad(_("第 %(line)d 行：名称应为 1 到 32 个字") % {"line": line})
    return day, Day(said in _YES, name)


def check_notice(year: int, days: Mapping[date, Day]) -> None:
    """Refuse what cannot be a year's whole notice: a half file would silently move deadlines.

    A notice may name days of the December before (元旦 2019 began on 30 December). Every statutory
    holiday (全国年节及纪念日放假办法) must be off; only weekend days can become working days.
    """
    if not 2000 <= year <= 2100:
        raise _bad(_("没有任何日期，或年份不对"))
    for day, entry in days.items():
        if not (day.year == year or (day.year == year - 1 and day.month == 12)):
            raise _bad(_("%(date)s 不属于 %(year)d 年的通知") % {"date": day, "year": year})
        if entry.workday and day.weekday() < 5:
            raise _bad(_("%(date)s 本来就是工作日，不会是调休上班") % {"date": day})
    missing = [
        f"{day} {name}"
        for day, name in statutory_holidays(year).items()
        if not name.endswith("（补假）") and (day not in days or days[day].workday)
    ]
    if missing:
        raise _bad(_("不完整：缺少法定节日 %(days)s") % {"days": "、".join(missing)})


def moved_days(before: Workdays, after: Workdays, days: Iterable[date]) -> frozenset[date]:
    """Return the days that became working days or ceased to be."""
    return frozenset(day for day in days if before.is_workday(day) != after.is_workday(day))
