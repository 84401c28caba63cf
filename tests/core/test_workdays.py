"""Working days and due dates, against the law's words and against a slow day-by-day reference."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.core.statutory import seed_calendar
from mingbai.core.workdays import Day, Pauses, Span, Unit, Workdays, due, soon_at

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = Workdays({d: day for d, day, _source in seed_calendar(2024, 2028)})
PLAIN = Workdays({})


def at(text: str) -> datetime:
    """Return "2026-11-24 15:30" in China."""
    return datetime.fromisoformat(text if " " in text else f"{text} 10:00").replace(tzinfo=CHINA)


def ends(start: str, span: Span, paused: Pauses = ()) -> str:
    """Return the day on which a period ends, after checking that it ends at 24:00."""
    end = due(at(start), span, CALENDAR, paused=paused).at
    assert end.astimezone(CHINA).time() == time(23, 59, 59)
    return end.astimezone(CHINA).date().isoformat()


def working(amount: int, **options: bool) -> Span:
    return Span(amount, "working_day", **options)


def calendar_days(amount: int, **options: bool) -> Span:
    return Span(amount, "calendar_day", **options)


# 2026: 元旦 1–3 January (4 worked); 春节 15–23 February (14 and 28 worked); 清明 4–6 April;
# 劳动节 1–5 May (9 worked); 端午 19–21 June; 中秋 25–27 September (20 worked); 国庆 1–7 October (10 worked).
CASES = [
    # working days: the start is not counted (Art. 201)
    ("2026-11-23", working(1), "2026-11-24"),
    ("2026-11-23", working(5), "2026-11-30"),
    ("2026-11-27", working(1), "2026-11-30"),  # Friday
    ("2026-11-28", working(1), "2026-11-30"),  # Saturday
    ("2026-11-29", working(1), "2026-11-30"),  # Sunday
    ("2026-11-23", working(1, first_day_counts=True), "2026-11-23"),
    ("2026-11-28", working(1, first_day_counts=True), "2026-11-30"),
    ("2026-11-23", working(15), "2026-12-14"),
    # 春节 2026 with its swapped Saturdays
    ("2026-02-12", working(1), "2026-02-13"),
    ("2026-02-13", working(1), "2026-02-14"),  # a Saturday that is worked
    ("2026-02-14", working(1), "2026-02-24"),
    ("2026-02-13", working(2), "2026-02-24"),
    ("2026-02-24", working(4), "2026-02-28"),  # again a worked Saturday
    ("2026-02-24", working(5), "2026-03-02"),
    # 国庆 2026: the Sunday of 20 September and the Saturday of 10 October are worked
    ("2026-09-18", working(1), "2026-09-20"),
    ("2026-09-30", working(1), "2026-10-08"),
    ("2026-09-30", working(3), "2026-10-10"),
    # this New Year: 1 January 2027 is a Friday, 4 January the first working day
    ("2026-12-30", working(1), "2026-12-31"),
    ("2026-12-31", working(1), "2027-01-04"),
    ("2026-12-21", working(15), "2027-01-12"),
    ("2025-12-31", working(1), "2026-01-04"),  # a worked Sunday
    # calendar days, moved where the end is a day off (Art. 203)
    ("2026-11-23", calendar_days(7), "2026-11-30"),
    ("2026-11-21", calendar_days(7), "2026-11-30"),  # the 28th is a Saturday
    ("2026-11-21", calendar_days(7, end_moves=False), "2026-11-28"),
    ("2026-11-22", calendar_days(7, first_day_counts=True), "2026-11-30"),
    ("2026-02-07", calendar_days(7), "2026-02-14"),  # ends on a Saturday that is worked: does not move
    ("2026-02-09", calendar_days(7), "2026-02-24"),  # ends on the 16th, moves over the whole festival
    ("2026-12-25", calendar_days(7), "2027-01-04"),  # ends on New Year's Day
    ("2026-12-25", calendar_days(7, end_moves=False), "2027-01-01"),
    ("2024-02-22", calendar_days(7), "2024-02-29"),
    ("2025-02-22", calendar_days(7, end_moves=False), "2025-03-01"),
    # months end on the day of the same number, or on the month's last day (Art. 202)
    ("2026-11-24", Span(1, "month"), "2026-12-24"),
    ("2026-01-31", Span(1, "month", end_moves=False), "2026-02-28"),
    ("2024-01-31", Span(1, "month"), "2024-02-29"),
    ("2026-12-31", Span(2, "month", end_moves=False), "2027-02-28"),
    ("2026-06-30", Span(6, "month"), "2026-12-30"),
    ("2026-11-30", Span(1, "month"), "2026-12-30"),
    ("2026-12-15", Span(12, "month"), "2027-12-15"),
    ("2026-12-01", Span(1, "month"), "2027-01-04"),  # ends on New Year's Day, moves
]


@pytest.mark.parametrize(("start", "span", "end"), CASES)
def test_periods_of_days_end_where_the_law_says(start: str, span: Span, end: str) -> None:
    assert ends(start, span) == end


@pytest.mark.parametrize("clock", ["00:00", "00:01", "12:00", "23:59"])
def test_the_hour_of_the_start_does_not_matter_for_days(clock: str) -> None:
    assert ends(f"2026-11-23 {clock}", working(3)) == "2026-11-26"


def test_the_day_is_the_day_in_china() -> None:
    late_in_london = datetime(2026, 11, 23, 17, 0, tzinfo=ZoneInfo("UTC"))  # 01:00 on the 24th here
    assert due(late_in_london, working(1), CALENDAR).at.date() == date(2026, 11, 25)


def test_hours_count_from_the_moment() -> None:
    hours = Span(24, "hour", end_moves=False)
    assert due(at("2026-11-27 15:30"), hours, CALENDAR).at == at("2026-11-28 15:30")
    assert due(at("2026-12-31 23:30"), Span(1, "hour", end_moves=False), CALENDAR).at == at(
        "2027-01-01 00:30"
    )


def test_hours_may_move_to_the_same_time_of_a_working_day() -> None:
    assert due(at("2026-11-27 15:30"), Span(24, "hour"), CALENDAR).at == at("2026-11-30 15:30")
    assert due(at("2026-11-26 15:30"), Span(24, "hour"), CALENDAR).at == at("2026-11-27 15:30")


def test_a_naive_start_is_an_error() -> None:
    with pytest.raises(ValueError, match="naive"):
        due(datetime(2026, 11, 23, 10, 0), working(1), CALENDAR)


@pytest.mark.parametrize("amount", [0, -1, 3661])
def test_impossible_periods_are_an_error(amount: int) -> None:
    with pytest.raises(ValueError, match="not possible"):
        Span(amount, "working_day")


def test_a_calendar_without_working_days_does_not_hang() -> None:
    class Never(Workdays):
        def is_workday(self, d: date) -> bool:
            return False

    for span in (working(1), calendar_days(1), Span(1, "hour")):
        with pytest.raises(ValueError, match="too few working days"):
            due(at("2026-11-23"), span, Never({}))


# Pauses


def test_a_pause_takes_out_the_days_after_it_begins_up_to_the_day_it_ends() -> None:
    asked, given_ = at("2026-11-24 09:00"), at("2026-11-26 16:00")
    assert ends("2026-11-23", working(5)) == "2026-11-30"
    assert ends("2026-11-23", working(5), [(asked, given_)]) == "2026-12-02"
    assert ends("2026-11-23", calendar_days(7), [(asked, given_)]) == "2026-12-02"


def test_a_pause_within_one_day_costs_nobody_a_day() -> None:
    assert ends("2026-11-23", working(5), [(at("2026-11-24 09:00"), at("2026-11-24 16:00"))]) == "2026-11-30"


def test_pauses_over_a_weekend_take_no_working_day_twice() -> None:
    pause = (at("2026-11-27 09:00"), at("2026-11-30 09:00"))  # Friday to Monday
    assert ends("2026-11-23", working(5), [pause]) == "2026-12-01"
    assert ends("2026-11-23", working(5), [pause, pause]) == "2026-12-01"


def test_a_pause_after_the_end_changes_nothing() -> None:
    assert ends("2026-11-23", working(1), [(at("2026-11-25"), at("2026-11-28"))]) == "2026-11-24"


def test_a_pause_before_the_start_changes_nothing() -> None:
    assert ends("2026-11-23", working(1), [(at("2026-11-20"), at("2026-11-22"))]) == "2026-11-24"


def test_a_pause_over_the_day_it_would_move_to_moves_further() -> None:
    # ends on Saturday the 28th; Monday the 30th is paused
    pause = (at("2026-11-29 09:00"), at("2026-11-30 09:00"))
    result = due(at("2026-11-21"), calendar_days(7), CALENDAR, paused=[pause])
    assert result.at.date() == date(2026, 12, 1)
    assert [step.kind for step in result.steps] == ["start", "counted", "moved", "paused", "end"]


def test_hours_are_paused_to_the_minute_and_overlaps_count_once() -> None:
    span = Span(24, "hour", end_moves=False)
    one = (at("2026-11-23 12:00"), at("2026-11-23 14:30"))
    two = (at("2026-11-23 14:00"), at("2026-11-23 15:00"))
    late = (at("2026-11-30 12:00"), at("2026-11-30 13:00"))
    before = (at("2026-11-23 08:00"), at("2026-11-23 11:00"))
    assert due(at("2026-11-23 10:00"), span, CALENDAR, paused=[two, one]).at == at("2026-11-24 13:00")
    assert due(at("2026-11-23 10:00"), span, CALENDAR, paused=[late]).at == at("2026-11-24 10:00")
    assert due(at("2026-11-23 10:00"), span, CALENDAR, paused=[before]).at == at("2026-11-24 11:00")


# Estimates


def test_a_period_that_needs_a_year_without_notice_is_an_estimate() -> None:
    assert CALENDAR.known_years == {2024, 2025, 2026}
    assert not due(at("2026-12-21"), working(8), CALENDAR).estimated
    assert due(at("2026-12-21"), working(9), CALENDAR).estimated
    assert due(at("2026-12-25"), calendar_days(7), CALENDAR).estimated
    assert not due(at("2026-12-25"), calendar_days(7, end_moves=False), CALENDAR).estimated
    assert not due(at("2026-12-31"), Span(24, "hour", end_moves=False), CALENDAR).estimated
    assert due(at("2026-12-31"), Span(24, "hour"), CALENDAR).estimated


def test_the_estimate_names_the_year() -> None:
    last = due(at("2026-12-31"), working(1), CALENDAR).steps[-1]
    assert last.text == "2027年1月4日 周一 24:00 届满（2027年放假安排尚未公布，按法定节假日推算）"


def test_once_the_notice_is_loaded_the_date_is_certain() -> None:
    days = {d: day for d, day in CALENDAR.days.items() if d.year != 2027}
    days |= {date(2027, 1, d): Day(False, "元旦") for d in (1, 2, 3)} | {date(2027, 1, 4): Day(False, "元旦")}
    result = due(at("2026-12-31"), working(1), Workdays(days))
    assert result.at.date() == date(2027, 1, 5)
    assert not result.estimated


def test_ordinary_days_of_a_year_without_notice_are_estimates_too() -> None:
    assert CALENDAR.is_estimated(date(2027, 3, 3))
    assert not CALENDAR.is_estimated(date(2026, 3, 3))
    assert PLAIN.is_estimated(date(2026, 3, 3))


# Explanations


def texts(start: str, span: Span, paused: Pauses = ()) -> list[str]:
    return [step.text for step in due(at(start), span, CALENDAR, paused=paused).steps]


def test_working_days_explain_themselves() -> None:
    pause = (at("2026-11-25 09:00"), at("2026-11-26 09:00"))
    assert texts("2026-11-24", working(3), [pause]) == [
        "11月24日 周二 不计（当日不计入）",
        "11月25日 周三 计第 1 个工作日",
        "11月26日 周四 暂停，不计",
        "11月27日 周五 计第 2 个工作日",
        "11月28日 周六 至 11月29日 周日 休息日 不计",
        "11月30日 周一 计第 3 个工作日",
        "11月30日 周一 24:00 届满",
    ]


def test_a_moved_end_explains_itself() -> None:
    assert texts("2026-11-21", calendar_days(7)) == [
        "11月21日 周六 不计（当日不计入）",
        "11月22日 周日 至 11月28日 周六 计第 1–7 日",
        "11月28日 周六 至 11月29日 周日 休息日 顺延",
        "11月30日 周一 24:00 届满",
    ]


def test_holidays_are_named() -> None:
    assert texts("2026-02-14", working(1)) == [
        "2月14日 周六 不计（当日不计入）",
        "2月15日 周日 至 2月23日 周一 春节 不计",
        "2月24日 周二 计第 1 个工作日",
        "2月24日 周二 24:00 届满",
    ]


def test_hours_explain_themselves() -> None:
    assert texts("2026-11-27 15:30", Span(24, "hour")) == [
        "11月27日 周五 15:30 起算",
        "11月28日 周六 至 11月29日 周日 休息日 顺延",
        "11月30日 周一 15:30 届满",
    ]
    pause = (at("2026-11-23 12:00"), at("2026-11-24 12:00"))
    words = texts("2026-11-23 10:00", Span(3, "hour"), [pause])
    assert words[1] == "11月23日 周一 至 11月24日 周二 暂停，不计"


# Warnings


@pytest.mark.parametrize(
    ("start", "span", "soon"),
    [
        ("2026-11-23", working(5), "2026-11-27 00:00"),  # ends on Monday: warns with Friday
        ("2026-11-23", working(1), "2026-11-24 00:00"),
        ("2026-11-23", working(1, first_day_counts=True), "2026-11-23 00:00"),
        ("2026-12-21", working(9), "2026-12-31 00:00"),  # ends on 4 January
        ("2026-11-24", Span(1, "month"), "2026-12-23 00:00"),
        ("2026-11-23 10:00", Span(10, "hour"), "2026-11-23 18:00"),
    ],
)
def test_the_warning_comes_a_working_day_before(start: str, span: Span, soon: str) -> None:
    assert soon_at(due(at(start), span, CALENDAR), span, CALENDAR) == at(soon)


# The calendar itself


def test_next_and_previous_working_days() -> None:
    assert CALENDAR.next_workday(date(2026, 11, 27)) == date(2026, 11, 30)
    assert CALENDAR.next_workday(date(2026, 2, 14)) == date(2026, 2, 24)
    assert CALENDAR.add_workdays(date(2026, 2, 24), -1) == date(2026, 2, 14)
    assert CALENDAR.add_workdays(date(2026, 11, 28), 0) == date(2026, 11, 28)
    assert CALENDAR.count_workdays(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert CALENDAR.count_workdays(date(2026, 2, 24), date(2026, 2, 13)) == 0
    assert CALENDAR.name_of(date(2026, 2, 14)) == "春节调休上班"
    assert CALENDAR.name_of(date(2026, 11, 24)) == ""


def test_a_calendar_remembers_its_due_dates_within_bounds() -> None:
    calendar = Workdays(CALENDAR.days)
    first = due(at("2026-11-23 09:00"), working(5), calendar)
    assert due(at("2026-11-23 17:00"), working(5), calendar) is first
    for n in range(1_500):
        due(at("2000-01-01") + timedelta(days=n), working(1), calendar)
    assert len(calendar.remembered) <= 1024
    assert due(at("2026-11-23"), working(5), calendar) == first


# A slow reference: count day by day, as one would on a paper calendar.


def reference(start: date, span: Span, calendar: Workdays, paused: set[date]) -> date:
    counted, d = 0, start - timedelta(days=1 if span.first_day_counts else 0)
    while counted < span.amount:
        d += timedelta(days=1)
        is_counted = d not in paused and (span.unit == "calendar_day" or calendar.is_workday(d))
        counted += is_counted
    while span.end_moves and (not calendar.is_workday(d) or d in paused):
        d += timedelta(days=1)
    return d


@st.composite
def pauses(draw: st.DrawFn, start: date) -> list[tuple[date, date]]:
    offsets = draw(st.lists(st.tuples(st.integers(-3, 40), st.integers(0, 12)), max_size=3))
    return [(start + timedelta(days=o), start + timedelta(days=o + n)) for o, n in offsets]


@given(
    st.data(),
    st.dates(date(2025, 11, 1), date(2027, 3, 1)),
    st.integers(1, 60),
    st.sampled_from(["working_day", "calendar_day"]),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=400)
def test_fast_and_slow_agree(
    data: st.DataObject, start: date, amount: int, unit: Unit, first_counts: bool, moves: bool
) -> None:
    span = Span(amount, unit, first_day_counts=first_counts, end_moves=moves)
    spans = data.draw(pauses(start))
    paused = {a + timedelta(days=n) for a, b in spans for n in range(1, (b - a).days + 1)}
    noon = [tuple(datetime.combine(d, time(12), CHINA) for d in pair) for pair in spans]
    result = due(datetime.combine(start, time(9), CHINA), span, CALENDAR, paused=noon)  # type: ignore[arg-type]
    assert result.at.date() == reference(start, span, CALENDAR, paused)
    assert result.at >= datetime.combine(start, time(9), CHINA)
    counted = [step for step in result.steps if step.kind == "counted"]
    assert counted[-1].last == amount
    assert sum((step.until - step.date).days + 1 for step in counted) == amount
    assert result.steps[-1].kind == "end"
    assert all(step.text for step in result.steps)


@given(st.dates(date(2025, 1, 1), date(2028, 12, 1)), st.integers(1, 400))
def test_a_longer_period_never_ends_earlier(start: date, amount: int) -> None:
    begin = datetime.combine(start, time(9), CHINA)
    for unit in ("working_day", "calendar_day"):
        shorter = due(begin, Span(amount, unit), CALENDAR).at  # type: ignore[arg-type]
        assert shorter <= due(begin, Span(amount + 1, unit), CALENDAR).at  # type: ignore[arg-type]
