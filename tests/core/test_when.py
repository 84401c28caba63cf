"""How dates and remaining time are written."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from mingbai.core import when
from mingbai.core.statutory import seed_calendar
from mingbai.core.workdays import Workdays

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = Workdays({d: day for d, day, _source in seed_calendar(2026, 2027)})
MONDAY = date(2026, 11, 23)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def test_days_have_their_weekday_and_the_year_only_where_it_differs() -> None:
    assert when.day(MONDAY) == "11月23日 周一"
    assert when.day(date(2026, 11, 29)) == "11月29日 周日"
    assert when.day(MONDAY, today=date(2026, 1, 1)) == "11月23日 周一"
    assert when.day(date(2027, 1, 4), today=MONDAY) == "2027年1月4日 周一"
    assert when.short_day(date(2027, 1, 4), today=MONDAY) == "2027年1月4日"


def test_moments_are_in_local_time() -> None:
    utc = datetime(2026, 11, 23, 6, 30, tzinfo=ZoneInfo("UTC"))
    assert when.moment(utc, today=MONDAY) == "11月23日 周一 14:30"
    assert when.moment(utc, today=date(2027, 1, 1)) == "2026年11月23日 周一 14:30"
    assert when.moment(utc).endswith(" 周一 14:30")


def test_english_has_its_own_order() -> None:
    with translation.override("en"):
        assert when.day(MONDAY) == "Mon 23 Nov"
        assert when.day(date(2027, 1, 4), today=MONDAY) == "Mon 4 Jan 2027"
        assert when.short_day(MONDAY) == "23 Nov"
        assert when.short_day(date(2027, 1, 4), today=MONDAY) == "4 Jan 2027"
        assert when.moment(at("2026-11-23 14:30"), today=MONDAY) == "Mon 23 Nov 14:30"


@pytest.mark.parametrize(
    ("now", "due", "text"),
    [
        ("2026-11-23 10:00", "2026-11-25 23:59:59", "还剩 2 个工作日（11月25日止）"),
        ("2026-11-23 10:00", "2026-11-30 23:59:59", "还剩 5 个工作日（11月30日止）"),
        ("2026-12-30 10:00", "2027-01-04 23:59:59", "还剩 2 个工作日（2027年1月4日止）"),
        ("2026-11-25 23:59:58", "2026-11-25 23:59:59", "今天到期（11月25日止）"),
        ("2026-11-27 18:00", "2026-11-29 23:59:59", "还剩 2 天（11月29日止）"),
        ("2026-11-26 00:00", "2026-11-25 23:59:59", "已超期 1 天"),
        ("2026-11-28 09:00", "2026-11-25 23:59:59", "已超期 3 天"),
        ("2026-11-23 10:00", "2026-11-23 14:30", "还剩 4 小时（14:30止）"),
        ("2026-11-23 10:00", "2026-11-24 14:30", "还剩 28 小时（11月24日 周二 14:30止）"),
        ("2026-11-23 14:10", "2026-11-23 14:30", "还剩 20 分钟（14:30止）"),
        ("2026-11-23 16:00", "2026-11-23 14:30", "已超期 1 小时"),
        ("2026-11-23 14:31", "2026-11-23 14:30", "刚刚超期"),
        ("2026-11-24 09:00", "2026-11-23 14:30", "已超期 1 天"),
    ],
)
def test_remaining_time_in_words(now: str, due: str, text: str) -> None:
    assert when.remaining(at(now), at(due), CALENDAR) == text
