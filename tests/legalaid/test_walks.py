"""Random walks through the verbs of legal aid and of the trunk: stage, state, clocks, lawyer agree."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.cases.actions import doubles, handover, work
from mingbai.cases.enums import ENDED_STATES, OPEN_STATES
from mingbai.cases.models import Case
from mingbai.cases.queries import open_handover
from mingbai.cases.queries.books import rulebook
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.legalaid.models import Decision
from mingbai.legalaid.queries.candidates import candidates
from mingbai.legalaid.rules.rotation import first
from mingbai.legalaid.rules.stages import STATES
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from tests.cases.factories import NORTH, SOUTH, City, make_case, make_city
from tests.legalaid.factories import bureau, head, make_aid, reviewer
from tests.people.factories import make_worker

Step = Callable[[City, Case, datetime], object]


def _assign(city: City, case: Case, at: datetime) -> object:
    turn = first(candidates(case, at))
    if turn is None:
        raise Refused("nobody")
    worker = Worker.objects.get(pk=turn.candidate.worker)
    return actions.assign(case=case, by=reviewer(city), worker=worker, at=at)


def _report(step: str) -> Step:
    return lambda c, k, t: actions.report(
        case=k, by=reviewer(c), step=step, happened_on=timezone.localdate(t), text="办了", at=t
    )


def _offered(case: Case):
    found = open_handover(case)
    if found is None:
        raise Refused("none")
    return found


STEPS: dict[str, Step] = {
    "take_up": lambda c, k, t: work.take_up(case=k, by=c.alice.actor, worker=c.owner, at=t),
    "start": lambda c, k, t: work.start(case=k, by=c.alice.actor, at=t),
    "answer": lambda c, k, t: work.answer(case=k, by=c.alice.actor, text="好", at=t),
    "supplement": lambda c, k, t: work.supplement(case=k, by=RESIDENT, text="补", at=t),
    "tell": lambda c, k, t: work.tell(case=k, by=c.alice.actor, how="phone", at=t),
    "close": lambda c, k, t: work.close(case=k, by=c.alice.actor, at=t),
    "withdraw": lambda c, k, t: work.withdraw(case=k, by=RESIDENT, reason="x", at=t),
    "reopen": lambda c, k, t: work.reopen(case=k, by=c.alice.actor, reason="x", at=t),
    "merge": lambda c, k, t: doubles.merge_cases(
        case=k, by=c.alice.actor, into=make_case(), reason="x", at=t
    ),
    "unmerge": lambda c, k, t: doubles.unmerge_case(case=k, by=c.alice.actor, reason="x", at=t),
    "offer": lambda c, k, t: handover.offer(
        case=k, by=c.alice.actor, to=c.stations[SOUTH if k.station_id == NORTH else NORTH], reason="x", at=t
    ),
    "accept_offer": lambda c, k, t: handover.accept_handover(handover=_offered(k), by=c.charlie.actor, at=t),
    "ask": lambda c, k, t: actions.ask_missing(case=k, by=reviewer(c), text="补", papers=["合同"], at=t),
    "grant": lambda c, k, t: actions.grant(case=k, by=reviewer(c), at=t),
    "first": lambda c, k, t: actions.give_first(case=k, by=reviewer(c), hurry="limit", reason="x", at=t),
    "propose": lambda c, k, t: actions.propose_refusal(case=k, by=reviewer(c), reason="x", at=t),
    "confirm": lambda c, k, t: actions.confirm_refusal(case=k, by=head(c), at=t),
    "send_back": lambda c, k, t: actions.send_back(case=k, by=head(c), note="x", at=t),
    "transfer": lambda c, k, t: actions.transfer(
        case=k, by=reviewer(c), office="某地", phone="12348", reason="x", at=t
    ),
    "lapse": lambda c, k, t: actions.let_lapse(case=k, by=reviewer(c), at=t + timedelta(days=60)),
    "papers": lambda c, k, t: actions.papers_complete(case=k, by=reviewer(c), at=t),
    "object": lambda c, k, t: actions.object_to(case=k, by=RESIDENT, text="不服", at=t),
    "uphold": lambda c, k, t: actions.judge(case=k, by=bureau(c), outcome="upheld", answer="x", at=t),
    "order": lambda c, k, t: actions.judge(case=k, by=bureau(c), outcome="ordered", answer="x", at=t),
    "assign": _assign,
    "release": lambda c, k, t: actions.release(case=k, by=reviewer(c), declined=False, reason="x", at=t),
    "met": _report("met"),
    "hearing": _report("hearing"),
    "result": _report("result"),
    "closing": lambda c, k, t: actions.report_closing(case=k, by=reviewer(c), text="小结", at=t),
    "finish": lambda c, k, t: actions.finish(case=k, by=head(c), text="好", at=t),
    "end": lambda c, k, t: actions.propose_termination(
        case=k, by=reviewer(c), ground="asked", reason="x", at=t
    ),
    "confirm_end": lambda c, k, t: actions.confirm_termination(case=k, by=head(c), at=t),
    "visit": lambda c, k, t: actions.visit(case=k, by=head(c), is_happy=True, text="好", at=t),
}


def check(case: Case, done: list[str]) -> None:
    running = list(case.clocks.filter(done_at=None))
    rules = rulebook().by_id
    codes = [(rules[clock.rule_id].code, clock.subject) for clock in running]
    assert len(codes) == len(set(codes)), (done, codes)
    due = min((clock.due_at for clock in running if not clock.is_paused), default=None)
    assert case.due_at == due, done
    assert (case.state in OPEN_STATES) == (case.closed_at is None), done
    if case.state != "merged":
        assert STATES[case.stage].state == case.state, (done, case.stage, case.state)
    if case.state in OPEN_STATES:
        assert due, (done, case.stage, "no silent deadline")
    for clock in running:
        rule = rules[clock.rule_id]
        if rule.starts_on == "stage" and not clock.subject:
            assert rule.stage == case.stage, (done, rule.code, case.stage)
    if case.state in ENDED_STATES:
        assert {code for code, _s in codes} <= {"aid_visit", "handover"}, (done, codes)
    assert case.aid_assignments.filter(state="active").count() <= 1, done
    helpers = case.co_handlers.filter(done_at=None).count()
    assert helpers == case.aid_assignments.filter(state="active").count(), done
    assert case.aid_decisions.filter(state="proposed").count() <= 1, done
    made = Decision.objects.filter(case=case, kind__in=["refuse", "terminate"], state="made")
    assert all(row.made_by != row.proposed_by for row in made), done
    seqs = list(Entry.objects.filter(chain=case.chain).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1)), done


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=8, max_size=40))
def test_whatever_people_do_the_promises_hold(verbs):
    city = _city()
    case, at, done = make_aid(), timezone.now(), ["opened"]
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
        city = make_city()
        actions.prepare(by=SYSTEM)
        for name in "甲乙丙丁":
            worker = make_worker(city.stations[NORTH], f"{name}律师", Post.LAWYER)
            since = date(2010, 1, 1)
            actions.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=since, most_open=100)
        _cities[:] = [city]
    return _cities[0]
