"""Supervision: by the rule and by a person; it climbs, is answered, sent back, ended by another."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.oversight import actions
from mingbai.oversight.enums import Rung, SupervisionState
from mingbai.oversight.models import ClimbRule, Supervision
from mingbai.oversight.perms import can_answer, can_close
from mingbai.oversight.rules.climbing import REPLY
from tests.cases.factories import City, make_opened


@pytest.fixture
def case(city: City) -> Case:
    return make_opened().case


def after(case: Case, **span: float) -> datetime:
    """So long after its first clock has run out."""
    first = case.clocks.filter(done_at=None).order_by("due_at").values_list("due_at", flat=True)[0]
    return first + timedelta(**span)


def reply_clock(case: Case) -> Clock | None:
    return case.clocks.filter(rule__code=REPLY, done_at=None).first()


def test_a_late_matter_is_supervised_once(case: Case) -> None:
    assert actions.supervise(by=SYSTEM, now=after(case, hours=23)) == 0
    now = after(case, days=1, minutes=1)
    assert actions.supervise(by=SYSTEM, now=now) == 1
    assert actions.supervise(by=SYSTEM, now=now) == 0
    [one] = Supervision.objects.all()
    assert (one.rung, one.state, one.case_id) == (Rung.COUNTY, SupervisionState.OPEN, case.pk)
    assert reply_clock(case) is not None


def test_it_climbs_with_the_days(case: Case) -> None:
    actions.supervise(by=SYSTEM, now=after(case, days=1, minutes=1))
    one = Supervision.objects.get()
    actions.answer_supervision(by=SYSTEM, supervision=one, answer="在等鉴定，周五前办完")
    assert actions.supervise(by=SYSTEM, now=after(case, days=8)) == 1
    one.refresh_from_db()
    assert (one.rung, one.state) == (Rung.CITY, SupervisionState.OPEN)
    assert reply_clock(case) is not None


def test_what_nobody_answers_climbs(case: Case) -> None:
    one = actions.start_supervision(by=SYSTEM, case=case, reason="群众来电催了三次")
    clock = reply_clock(case)
    assert clock is not None
    Clock.objects.filter(case=case).exclude(pk=clock.pk).update(due_at=timezone.now() + timedelta(days=90))
    assert actions.supervise(by=SYSTEM, now=clock.due_at) == 0
    assert actions.supervise(by=SYSTEM, now=clock.due_at + timedelta(minutes=1)) == 1
    one.refresh_from_db()
    assert one.rung == Rung.CITY


def test_without_rules_nobody_is_supervised(case: Case) -> None:
    ClimbRule.objects.all().delete()
    assert actions.supervise(by=SYSTEM, now=after(case, days=30)) == 0


def test_a_matter_that_waits_for_the_resident_is_not_late(case: Case) -> None:
    late = after(case, days=9)
    Clock.objects.filter(case=case).update(is_paused=True)
    assert actions.supervise(by=SYSTEM, now=late) == 0


def test_its_whole_way(city: City, case: Case) -> None:
    one = actions.start_supervision(by=city.supervisor.actor, case=case, reason="催了三次")
    with pytest.raises(Refused) as refused:
        actions.start_supervision(by=city.supervisor.actor, case=case, reason="又催")
    assert refused.value.code == "supervised_already"
    with pytest.raises(Refused) as refused:
        actions.close_supervision(by=SYSTEM, supervision=one, verdict="还没答复")
    assert refused.value.code == "wrong_state"

    actions.answer_supervision(by=city.alice.actor, supervision=one, answer="在办")
    assert reply_clock(case) is None
    actions.return_supervision(by=city.supervisor.actor, supervision=one, reason="没说哪天办完")
    assert reply_clock(case) is not None
    actions.answer_supervision(by=city.alice.actor, supervision=one, answer="周五前办完")
    with pytest.raises(Refused) as refused:
        actions.close_supervision(by=city.alice.actor, supervision=one, verdict="好")
    assert refused.value.code == "own_answer"
    actions.close_supervision(by=city.supervisor.actor, supervision=one, verdict="办完再看")
    one.refresh_from_db()
    assert (one.state, one.closed_by) == (SupervisionState.CLOSED, city.supervisor.name)
    actions.start_supervision(by=city.supervisor.actor, case=case, reason="周五没办完")


@pytest.mark.parametrize("words", ["", "  ", "\x00"])
def test_words_are_asked_for(city: City, case: Case, words: str) -> None:
    with pytest.raises(Refused):
        actions.start_supervision(by=SYSTEM, case=case, reason=words)
    one = actions.start_supervision(by=SYSTEM, case=case, reason="催了")
    with pytest.raises(Refused):
        actions.answer_supervision(by=SYSTEM, supervision=one, answer=words)
    one.refresh_from_db()
    assert one.state == SupervisionState.OPEN


def test_the_clock_of_the_reply_is_no_cause_of_supervision(city: City, case: Case) -> None:
    """A matter that ended is not asked after because its reply is late."""
    one = actions.start_supervision(by=SYSTEM, case=case, reason="催了")
    clock = reply_clock(case)
    assert clock is not None
    work.withdraw(case=Case.objects.get(pk=case.pk), by=SYSTEM, reason="不办了")
    actions.supervise(by=SYSTEM, now=clock.due_at + timedelta(days=30))
    one.refresh_from_db()
    assert one.rung == Rung.COUNTY


def test_who_answers_and_who_ends(city: City, case: Case) -> None:
    one = actions.start_supervision(by=SYSTEM, case=case, reason="催了")
    assert can_answer(city.alice, one)
    assert not can_answer(city.charlie, one)
    assert can_close(city.supervisor, one)
    assert not can_close(city.alice, one)
    assert one in Supervision.objects.visible_to(city.alice)
    assert one not in Supervision.objects.visible_to(city.charlie)


def test_what_a_person_ended_is_opened_again_only_where_it_climbs(city: City, case: Case) -> None:
    actions.supervise(by=SYSTEM, now=after(case, days=1, minutes=1))
    one = Supervision.objects.get()
    actions.answer_supervision(by=city.alice.actor, supervision=one, answer="周五办完")
    then = after(case, days=2)
    actions.close_supervision(by=city.supervisor.actor, supervision=one, verdict="周五再看", at=then)
    assert actions.supervise(by=SYSTEM, now=then + timedelta(hours=1)) == 0
    assert actions.supervise(by=SYSTEM, now=after(case, days=8)) == 1
    assert list(Supervision.objects.order_by("id").values_list("rung", flat=True)) == ["1", "2"]
