"""What a village is owed and what it got: by its class, in a month or a quarter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mingbai.oversight.enums import QuotaCode, VillageClass, VisitKind

_SINCE = date(2018, 1, 1)
_NATIONAL = "司发通〔2018〕5号（未核到原文）：每月至少到村服务一次，每季度至少一场法治讲座；请按本省规定核定"


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """A row of QuotaRule; `village_class` "" holds for every class that has no row of its own."""

    code: str
    amount: int
    source: str
    village_class: str = ""
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "amount": self.amount,
            "source": self.source,
            "village_class": self.village_class,
            "valid_from": self.valid_from,
        }


SEED: tuple[QuotaTerms, ...] = (
    QuotaTerms(QuotaCode.VISITS, 1, _NATIONAL),
    QuotaTerms(
        QuotaCode.VISITS, 2, "比照柞水县2016年做法：镇区、近郊村每月两天；请按本市规定核定", VillageClass.NEAR
    ),
    QuotaTerms(QuotaCode.HOURS, 8, "各地多为每月不少于8小时，尚无本省文件；请市司法局核定"),
    QuotaTerms(QuotaCode.LECTURES, 1, _NATIONAL),
    QuotaTerms(
        QuotaCode.SAVVY,
        3,
        "《乡村“法律明白人”培养工作规范（试行）》2021-11-08 六部门：2025年每个行政村至少3人",
        valid_from=date(2021, 11, 8),
    ),
    QuotaTerms(
        QuotaCode.SAVVY,
        0,
        "上项文件说的是行政村；社区没有规定，请市司法局核定",
        VillageClass.URBAN,
        valid_from=date(2021, 11, 8),
    ),
)


@dataclass(frozen=True, slots=True)
class Visited:
    """One visit, as far as a quota asks."""

    on: date
    kind: str
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that a village is owed; `got` of `amount` in the span from `first` on."""

    code: str
    amount: int
    got: Decimal
    first: date

    @property
    def is_met(self) -> bool:
        return self.got >= self.amount


def amounts_for(village_class: str, rows: Iterable[QuotaTerms]) -> dict[str, int]:
    """Code → amount; a row of the village's own class goes before the general one. `rows` hold that day."""
    best: dict[str, tuple[bool, date, int]] = {}
    for row in rows:
        if row.village_class in ("", village_class):
            rank = (bool(row.village_class), row.valid_from, row.amount)
            best[row.code] = max(best.get(row.code, rank), rank)
    return {code: amount for code, (_own, _since, amount) in best.items()}


def month_of(day: date) -> date:
    return day.replace(day=1)


def quarter_of(day: date) -> date:
    """The first day of its calendar quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def owed(amounts: dict[str, int], visits: Iterable[Visited], day: date) -> list[Owed]:
    """What was owed in the month and quarter of `day`, and what of it was done until then.

    Several visits on one day are one day in the village: days are counted, hours added up.
    """
    month, quarter = month_of(day), quarter_of(day)
    rows = [visit for visit in visits if visit.on <= day]
    in_month = [visit for visit in rows if visit.on >= month]
    lectures = [visit for visit in rows if visit.on >= quarter and visit.kind == VisitKind.LECTURE]
    got = {
        QuotaCode.VISITS: (Decimal(len({visit.on for visit in in_month})), month),
        QuotaCode.HOURS: (sum((visit.hours for visit in in_month), Decimal(0)), month),
        QuotaCode.LECTURES: (Decimal(len(lectures)), quarter),
    }
    return [Owed(code, amounts[code], *got[code]) for code in got if code in amounts]


def is_month_served(amounts: dict[str, int], visits: Iterable[Visited]) -> bool:
    """Whether one adviser's visits of a month are what the village is owed in it: days there, and hours.

    Without any visit there is nothing to pay, whatever is owed.
    """
    rows = list(visits)
    days, hours = len({visit.on for visit in rows}), sum((visit.hours for visit in rows), Decimal(0))
    owed_days, owed_hours = amounts.get(QuotaCode.VISITS, 0), amounts.get(QuotaCode.HOURS, 0)
    return bool(rows) and days >= owed_days and hours >= owed_hours
