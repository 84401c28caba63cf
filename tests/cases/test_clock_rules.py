"""Which deadline rules a matter starts, and when they end: against a slow reference."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingbai.cases.rules.clocks import Deadline, Matter, pauses_of, rules_started, run, span_of, urgency
from mingbai.cases.rules.seeds import DEADLINES, ROUTES
from mingbai.core.workdays import Day, Workdays

DAY = date(2026, 11, 24)
SEEDS = [Deadline(id=n, valid_to=None, **each.row()) for n, each in enumerate(DEADLINES, start=1)]


def started(event, **matter):
    return {rule.code: rule for rule in rules_started(SEEDS, event, Matter(**matter), DAY)}


@pytest.mark.parametrize(
    ("kind", "more", "code", "amount", "unit"),
    [
        ("consultation", {}, "take_up", 1, "working_day"),
        ("consultation", {}, "answer", 24, "hour"),
        ("consultation", {}, "answer_limit", 5, "working_day"),
        ("consultation", {"is_wage": True}, "take_up", 1, "calendar_day"),
        ("consultation", {"is_wage": True}, "answer", 1, "calendar_day"),
        ("legal_aid", {"is_wage": True}, "answer", 1, "calendar_day"),
        ("consultation", {"is_urgent": True}, "take_up", 1, "hour"),
        ("consultation", {"is_urgent": True, "is_wage": True}, "take_up", 1, "hour"),
        ("legal_aid", {}, "legal_aid_decision", 7, "calendar_day"),
        ("approval", {}, "approval_complete", 5, "working_day"),
        ("complaint", {}, "complaint_receipt", 15, "calendar_day"),
        ("opinion", {}, "answer", 15, "working_day"),
        ("opinion", {"stage": "proposal"}, "answer", 3, "month"),
        ("opinion", {"stage": "promise"}, "answer", 3, "month"),
        ("exam", {}, "answer", 1, "working_day"),
    ],
)
def test_opening_starts_the_seeded_rule(kind, more, code, amount, unit):
    rule = started("opened", kind=kind, **more)[code]
    assert (rule.amount, rule.unit) == (amount, unit)


@pytest.mark.parametrize(
    ("event", "kind", "code", "amount", "unit"),
    [
        ("accepted", "notary", "notary", 15, "working_day"),
        ("accepted", "approval", "approval", 20, "working_day"),
        ("accepted", "complaint", "complaint", 60, "calendar_day"),
        ("accepted", "mediation", "mediation", 1, "month"),
        ("answered", "notary", "tell", 1, "working_day"),
        ("told", "notary", "close", 5, "working_day"),
        ("handed_over", "notary", "handover", 1, "working_day"),
        ("rated_badly", "notary", "call_back", 5, "working_day"),
    ],
)
def test_later_events_start_theirs(event, kind, code, amount, unit):
    rule = started(event, kind=kind)[code]
    assert (rule.amount, rule.unit) == (amount, unit)


def test_every_seed_names_its_source_and_day():
    assert all(seed.source and seed.valid_from for seed in (*DEADLINES, *ROUTES))
    assert {field.name for field in fields(Deadline)} - {"id", "valid_to"} == set(DEADLINES[0].row())


def test_a_rule_holds_only_in_its_time():
    rule = replace(SEEDS[0], valid_to=DAY)
    assert rule.holds_on(DAY) and not rule.holds_on(DAY + timedelta(days=1))
    assert rules_started([rule], "opened", Matter("x"), DAY + timedelta(days=1)) == []


def test_the_newest_of_equal_rules_wins():
    old = SEEDS[0]
    new = Deadline(
        **{**{f.name: getattr(old, f.name) for f in fields(Deadline)}, "valid_from": DAY, "id": 99}
    )
    assert rules_started([new, old], "opened", Matter("x"), DAY) == [new]


HOLIDAYS = {date(2026, 10, d): Day(workday=False, name="国庆节") for d in range(1, 8)} | {
    date(2026, 10, 10): Day(workday=True, name="调休上班")
}
CALENDAR = Workdays(HOLIDAYS)


def slow_working_days(start: date, amount: int, paused: set[date]) -> date:
    """Count on the fingers: the first day does not count, days off and paused days do not count."""
    day, left = start, amount
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_workday(day) and day not in paused
    return day


times = st.datetimes(min_value=datetime(2026, 9, 1), max_value=datetime(2026, 10, 31), timezones=st.just(UTC))


@given(times, st.integers(1, 30), st.integers(0, 10), st.integers(0, 10))
def test_working_days_end_as_counted_on_the_fingers(start, amount, waits, lasts):
    rule = next(seed for seed in SEEDS if seed.code == "notary")
    since = start + timedelta(days=waits)
    paused = [(since, since + timedelta(days=lasts))]
    days = {timezone.localdate(since) + timedelta(days=n) for n in range(1, lasts + 1)}
    days &= {timezone.localdate(since) + timedelta(days=n) for n in range(0, 40)}
    ends, soon = run(replace(rule, amount=amount), start, CALENDAR, pauses=paused if lasts else [])
    assert timezone.localdate(ends.at) == slow_working_days(timezone.localdate(start), amount, days)
    assert start <= soon <= ends.at


def test_an_extension_lengthens_in_the_rules_unit():
    rule = next(seed for seed in SEEDS if seed.code == "answer_limit")
    assert span_of(rule, 10).amount == 15


def test_an_open_pause_ends_for_the_moment_now():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    stored = [["2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"], ["2026-11-23T00:00:00+00:00", None]]
    assert pauses_of(stored, now)[1][1] == now and len(pauses_of(stored, now)) == 2


def test_yellow_before_red():
    due = datetime(2026, 11, 24, 12, tzinfo=UTC)
    soon = due - timedelta(hours=4)
    assert [urgency(due + timedelta(hours=h), soon, due) for h in (-5, -4, 0, 1)] == [
        "on_time",
        "soon",
        "soon",
        "late",
    ]


@given(st.integers(0, 400), st.integers(0, 3))
def test_a_day_that_was_set_takes_the_place_of_the_periods_end(days, extra):
    """Whatever the period is; more time given later never shortens it, and no day of it is an estimate."""
    rule = next(one for one in SEEDS if one.stage == "proposal")
    begun = datetime(2026, 11, 24, 1, tzinfo=UTC)
    until = DAY + timedelta(days=days)
    plain, _soon = run(rule, begun, Workdays({}), extra=extra)
    ends, soon = run(rule, begun, Workdays({}), extra=extra, until=until)
    last = timezone.localdate(plain.at)
    assert timezone.localdate(ends.at) == (max(until, last) if extra else until)
    assert timezone.localtime(ends.at).timetz().replace(tzinfo=None).isoformat() == "23:59:59"
    assert begun <= soon and (soon <= ends.at or days == 0)
    if not extra:
        assert not ends.estimated and [step.kind for step in ends.steps] == ["set"]
        assert "定好的日期" in ends.steps[0].text
