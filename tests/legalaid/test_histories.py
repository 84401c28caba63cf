"""Deadlines of legal aid: a thousand random histories against a reference that counts on the fingers."""

from hypothesis import given, settings

from mingbai.cases.rules.clocks import Deadline
from mingbai.cases.rules.seeds import DEADLINES
from mingbai.legalaid.rules.periods import PERIODS
from mingbai.legalaid.rules.stages import TRANSITIONS
from tests.cases.histories import histories, ours, slowly

RULES = [Deadline(id=n, valid_to=None, **each.row()) for n, each in enumerate((*DEADLINES, *PERIODS))]
DECISION = ("legal_aid_decision", 7, "calendar_day")
"""法律援助法 Art. 43: seven days from the application, without the time in which papers were owed."""

seen: set[str] = set()


@settings(max_examples=1000, deadline=None)
@given(histories(TRANSITIONS, "applied"))
def test_a_thousand_histories_end_as_counted_on_the_fingers(history):
    found = ours(RULES, "legal_aid", history)
    assert found == slowly("legalaid", history, [DECISION])
    seen.update(code for code, _end in found)


def test_the_histories_came_by_every_period_that_hangs_on_a_stage():
    reached = {row.code for row in PERIODS if row.stage != row.code}
    if seen:  # the histories run in another process where the suite is shared out
        assert reached <= seen
