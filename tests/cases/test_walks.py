"""Random walks through all verbs: whatever people do in whatever order, the promises hold after each step."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.cases.actions import clocks, doubles, handover, ratings, work
from mingbai.cases.enums import ENDED_STATES, OPEN_STATES, HandoverState
from mingbai.cases.models import Case, Handover
from mingbai.cases.queries import open_handover
from mingbai.cases.queries.books import rulebook
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from tests.cases.factories import CITY, NORTH, SOUTH, City, make_case, make_city

Step = Callable[[City, Case, datetime], object]


def _offered(case: Case) -> Handover:
    found = open_handover(case)
    if found is None:
        raise Refused("none")
    return found


STEPS: dict[str, Step] = {
    "take_up": lambda c, k, t: work.take_up(case=k, by=c.alice.actor, worker=c.owner, at=t),
    "accept": lambda c, k, t: work.accept(case=k, by=c.alice.actor, at=t),
    "start": lambda c, k, t: work.start(case=k, by=c.alice.actor, at=t),
    "refuse": lambda c, k, t: work.refuse(case=k, by=c.alice.actor, reason="x", remedy="y", at=t),
    "ask": lambda c, k, t: work.ask(case=k, by=c.alice.actor, text="请补", papers=["欠条"], at=t),
    "supplement": lambda c, k, t: work.supplement(case=k, by=RESIDENT, text="补", at=t),
    "answer": lambda c, k, t: work.answer(case=k, by=c.alice.actor, text="好", at=t),
    "tell": lambda c, k, t: work.tell(case=k, by=c.alice.actor, how="phone", at=t),
    "close": lambda c, k, t: work.close(case=k, by=c.alice.actor, at=t),
    "withdraw": lambda c, k, t: work.withdraw(case=k, by=RESIDENT, reason="x", at=t),
    "reopen": lambda c, k, t: work.reopen(case=k, by=c.alice.actor, reason="x", at=t),
    "notary": lambda c, k, t: work.convert(case=k, by=c.alice.actor, kind="notary", reason="x", at=t),
    "mediation": lambda c, k, t: work.convert(case=k, by=c.alice.actor, kind="mediation", reason="x", at=t),
    "assign": lambda c, k, t: handover.assign(case=k, by=c.alice.actor, worker=c.owner, at=t),
    "offer": lambda c, k, t: handover.offer(
        case=k, by=c.alice.actor, to=c.stations[SOUTH if k.station_id == NORTH else NORTH], reason="x", at=t
    ),
    "accept_offer": lambda c, k, t: handover.accept_handover(handover=_offered(k), by=c.charlie.actor, at=t),
    "decline": lambda c, k, t: handover.decline_handover(
        handover=_offered(k), by=c.charlie.actor, reason="x", at=t
    ),
    "take_back": lambda c, k, t: handover.take_back(handover=_offered(k), by=c.alice.actor, at=t),
    "designate": lambda c, k, t: handover.designate(
        case=k, by=c.supervisor.actor, to=c.stations[CITY], reason="x", at=t
    ),
    "merge": lambda c, k, t: doubles.merge_cases(
        case=k, by=c.alice.actor, into=make_case(), reason="x", at=t
    ),
    "unmerge": lambda c, k, t: doubles.unmerge_case(case=k, by=c.alice.actor, reason="x", at=t),
    "rate_badly": lambda c, k, t: ratings.rate(case=k, by=RESIDENT, grade=1, at=t),
    "call_back": lambda c, k, t: ratings.call_back(
        case=k, by=c.supervisor.actor, happy=False, text="x", at=t
    ),
    "tick": lambda c, k, t: clocks.tick(now=t),
}


def check(case: Case, done: list[str]) -> None:
    running = list(case.clocks.filter(done_at=None))
    codes = [(rulebook().by_id[clock.rule_id].code, clock.subject) for clock in running]
    assert len(codes) == len(set(codes)), (done, codes)
    due = min((clock.due_at for clock in running if not clock.is_paused), default=None)
    assert case.due_at == due, done
    assert (case.state in OPEN_STATES) == (case.closed_at is None), done
    if case.state in OPEN_STATES:
        # No silent deadline: whoever has it, something runs, unless it stands still for the resident.
        assert case.waiting_on == ("resident" if case.state == "waiting" else "station"), done
        assert case.state == "waiting" or due, (done, case.kind, case.state)
    if case.state in ENDED_STATES:
        assert case.waiting_on == ("station" if running else "nobody"), done
    offers = case.handovers.filter(state=HandoverState.OFFERED)
    assert {f"handover:{offer.pk}" for offer in offers} == {s for _code, s in codes if s}, done
    seqs = list(Entry.objects.filter(chain=case.chain).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1)), done


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(sorted(STEPS)), min_size=5, max_size=25),
    st.sampled_from(["consultation", "notary", "approval", "complaint", "exam"]),
)
def test_whatever_people_do_the_promises_hold(verbs, kind):
    city = _city()
    case, at, done = make_case(kind=kind), timezone.now(), [kind]
    for verb in verbs:
        at += timedelta(hours=7)
        before = Entry.objects.filter(chain=case.chain).count()
        try:
            STEPS[verb](city, case, at)
        except Refused:
            assert Entry.objects.filter(chain=case.chain).count() == before, (done, verb)
            continue
        done.append(verb)
        case = Case.objects.get(pk=case.pk)
        check(case, done)


_cities: list[City] = []


def _city() -> City:
    """One city for all examples of the test, which share its transaction."""
    if not Case.objects.exists():
        _cities[:] = [make_city()]
    return _cities[0]
