"""Deadlines of mediation: a thousand random histories against a reference that counts on the fingers."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.cases.rules.clocks import Deadline, run
from mingbai.cases.rules.seeds import DEADLINES
from mingbai.mediation.rules.seeds import PERIODS
from mingbai.mediation.rules.stages import TRANSITIONS
from tests.cases.histories import CALENDAR, histories, ours, slowly, times
from tests.cases.slow import slow_end

RULES = [Deadline(id=n, valid_to=None, **each.row()) for n, each in enumerate((*DEADLINES, *PERIODS))]
MONTH = next(rule for rule in RULES if rule.code == "mediation")
CONFIRM = next(rule for rule in RULES if rule.code == "med_confirm")


@settings(max_examples=1000, deadline=None)
@given(histories(TRANSITIONS, "requested"))
def test_a_thousand_histories_end_as_counted_on_the_fingers(history):
    assert ours(RULES, "mediation", history) == slowly("mediation", history, [])


@settings(max_examples=300, deadline=None)
@given(times, st.integers(0, 6), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=3))
def test_the_usual_month_and_what_all_sides_add(start, more, waits):
    """司法部令第75号 Art. 36: a month from the acceptance, longer where all agree; waits do not count."""
    pauses, at = [], start
    for after, lasts in waits:
        begin = at + timedelta(days=after)
        at = begin + timedelta(days=lasts)
        pauses.append((begin, at))
    end = run(MONTH, start, CALENDAR, extra=more, pauses=pauses)[0].at
    assert end == slow_end(start, 1 + more, "month", pauses=pauses)


@settings(max_examples=300, deadline=None)
@given(times)
def test_thirty_days_for_the_court(start):
    """人民调解法 Art. 33: thirty days from the day on which the agreement takes effect."""
    assert run(CONFIRM, start, CALENDAR)[0].at == slow_end(start, 30, "calendar_day")
