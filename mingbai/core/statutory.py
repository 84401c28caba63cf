"""Statutory holidays: the seed of the calendar table, from the notices where known, else computed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

from chinese_calendar import Holiday
from chinese_calendar import constants as notices
from holidays import country_holidays

from mingbai.core.workdays import Day

Seed = tuple[date, Day, str]

_COMPUTED = "按《全国年节及纪念日放假办法》推算，国务院办公厅通知公布后更正"
_NAMES = {
    Holiday.new_years_day.value: "元旦",
    Holiday.spring_festival.value: "春节",
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.labour_day.value: "劳动节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.national_day.value: "国庆节",
    Holiday.mid_autumn_festival.value: "中秋节",
    Holiday.anti_fascist_70th_day.value: "抗战胜利纪念日",
}


def noticed_years() -> range:
    """Return the years whose notice the installed chinesecalendar knows."""
    years = {d.year for d in notices.holidays}
    return range(min(years), max(years) + 1)


def statutory_holidays(year: int) -> dict[date, str]:
    """Return the statutory days off of a year with the working days that replace those on a weekend.

    放假办法 Art. 6: a holiday for all that falls on a weekend is made up on a working day (补假). Which
    weekends are worked instead is the notice's to say, so swaps are left out. Empty beyond 2100.
    """
    days = {}
    for d, name in country_holidays("CN", years=year, language="zh_CN").items():
        if d.year == year and "调休" not in name:
            days[d] = name.replace("农历除夕", "春节").replace("; ", "、")
    return dict(sorted(days.items()))


def seed_calendar(from_year: int, to_year: int) -> list[Seed]:
    """Return the named days of all years from `from_year` to `to_year`, each with its source."""
    return [seed for year in range(from_year, to_year + 1) for seed in _year(year)]


def _year(year: int) -> Iterator[Seed]:
    if year in noticed_years():
        yield from _noticed(year)
    else:
        for d, name in statutory_holidays(year).items():
            yield d, Day(workday=False, name=name, estimated=True), _COMPUTED


def _noticed(year: int) -> Iterator[Seed]:
    source = f"国务院办公厅{year}年节假日安排通知（chinesecalendar {version('chinesecalendar')}）"
    named = {d: Day(False, _NAMES[holiday]) for d, holiday in notices.holidays.items()}
    named |= {d: Day(True, f"{_NAMES[holiday]}调休上班") for d, holiday in notices.workdays.items()}
    for d in sorted(d for d in named if d.year == year):
        yield d, named[d], source
