"""Statutory holidays and the seed of the calendar table."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from mingbai.core.statutory import noticed_years, seed_calendar, statutory_holidays
from mingbai.core.workdays import Workdays


def test_2027_is_computed_from_the_law() -> None:
    days = statutory_holidays(2027)
    by_name: dict[str, list[str]] = {}
    for d, name in days.items():
        by_name.setdefault(name.removesuffix("（补假）"), []).append(f"{d:%m-%d}")
    assert by_name == {
        "元旦": ["01-01"],
        # New Year's Eve counts since 2025; Saturday and Sunday are made up
        "春节": ["02-05", "02-06", "02-07", "02-08", "02-09", "02-10"],
        "清明节": ["04-05"],
        "劳动节": ["05-01", "05-02", "05-03", "05-04"],
        "端午节": ["06-09"],
        "中秋节": ["09-15"],
        "国庆节": ["10-01", "10-02", "10-03", "10-04", "10-05"],
    }


def test_two_holidays_on_one_day_are_both_named() -> None:
    assert statutory_holidays(2028)[date(2028, 10, 3)] == "中秋节、国庆节"


@pytest.mark.parametrize("year", range(2027, 2051))
def test_every_year_has_its_thirteen_days_and_only_its_own(year: int) -> None:
    days = statutory_holidays(year)
    assert {d.year for d in days} == {year}
    made_up = [d for d, name in days.items() if name.endswith("（补假）")]
    assert len(days) - len(made_up) in (12, 13)  # 12 where 中秋 falls into 国庆
    assert all(d.weekday() < 5 for d in made_up)


def test_years_beyond_the_lunar_tables_have_none() -> None:
    assert statutory_holidays(2150) == {}


def test_known_years_agree_with_the_notices_day_by_day() -> None:
    years = noticed_years()
    assert years.start == 2004
    assert years.stop >= 2027
    calendar = Workdays({d: day for d, day, _source in seed_calendar(years.start, years.stop - 1)})
    d = date(years.start, 1, 1)
    while d.year < years.stop:
        assert calendar.is_workday(d) == chinese_calendar.is_workday(d), d
        assert not calendar.is_estimated(d), d
        d += timedelta(days=1)


def test_the_seed_says_where_each_day_comes_from() -> None:
    seeds = {d: (day, source) for d, day, source in seed_calendar(2026, 2027)}
    day, source = seeds[date(2026, 2, 14)]
    assert (day.workday, day.name, day.estimated) == (True, "春节调休上班", False)
    assert source.startswith("国务院办公厅2026年节假日安排通知")
    day, source = seeds[date(2027, 2, 5)]
    assert (day.workday, day.name, day.estimated) == (False, "春节", True)
    assert "推算" in source


def test_the_seed_names_each_day_once_in_order() -> None:
    days = [d for d, _day, _source in seed_calendar(2015, 2030)]
    assert days == sorted(set(days))
    assert seed_calendar(2027, 2026) == []
