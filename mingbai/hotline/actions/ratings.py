"""What a caller pressed after the agent hung up: kept with the call, and the rating of its matter."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mingbai.cases.actions.ratings import rate
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case, Rating
from mingbai.cases.rules.states import may
from mingbai.core.actor import Actor
from mingbai.hotline.models import Call
from mingbai.hotline.rules.targets import key_grade
from mingbai.journal.actions import write


@transaction.atomic
def grade_call(*, by: Actor, key: str, digit: str, at: datetime | None = None) -> Call | None:
    """The caller's own key, heard on the caller's own channel: once, `by` the resident and never by staff.

    None for another key, a call that nobody answered, or one that has its grade.
    """
    grade, at = key_grade(digit), at or timezone.now()
    call = Call.objects.select_for_update(of=("self",)).filter(channel=key).first()
    if grade is None or call is None or call.answered_at is None or call.grade is not None:
        return None
    call.grade, call.graded_at = grade, at
    call.save(update_fields=["grade", "graded_at"])
    write(chain=call.chain, verb="call.graded", by=by, at=at, place=call.station_id, data={"grade": grade})
    settle(by=by, call=call)
    return call


def settle(*, by: Actor, call: Call) -> Rating | None:
    """Make it the rating of the matter, where that was answered in this call and has none yet.

    A matter that was handed on is not answered: its rating waits for the answer, and the key stays the
    call's alone. In the caller's transaction.
    """
    if call.grade is None or call.case_id is None:
        return None
    case = Case.objects.get(pk=call.case_id)
    if not may(case.state, "rate"):
        return None
    if case.answered_at is None or case.answered_at < call.offered_at:
        return None
    if Rating.objects.filter(case=case).exists():
        return None
    return rate(case=case, by=by, grade=call.grade, channel=Channel.HOTLINE, at=call.graded_at)
