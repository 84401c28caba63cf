"""Random walks through the verbs of mediation and of the trunk: stage, state, clocks, mediators agree."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

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
from mingbai.mediation import actions
from mingbai.mediation.enums import AgreementState
from mingbai.mediation.models import Agreement, Mediator, Party, Pass, Sitting, Term
from mingbai.mediation.queries.agreements import digest_of
from mingbai.mediation.rules.stages import STATES
from mingbai.notices.models import Notice
from tests.cases.factories import NORTH, SOUTH, City, make_case, make_city
from tests.mediation import factories as made
from tests.mediation.factories import clerk

Step = Callable[[City, Case, datetime], object]


def _party(case: Case, n: int = 0) -> int:
    found = made.parties(case)
    if len(found) <= n:
        raise Refused("none")
    return found[n].pk


def _agree(n: int) -> Step:
    return lambda c, k, t: actions.agree_to(
        case=k, by=clerk(c), party=_party(k, n), how="phone", told_rights=True, at=t
    )


def _sign(n: int) -> Step:
    return lambda c, k, t: actions.sign(case=k, by=clerk(c), mark="ink", party=_party(k, n), at=t)


def _pass(case: Case, at: datetime) -> Pass:
    """With which the other side takes part on line."""
    found = Pass.objects.live(at).filter(case=case).first()
    if found is None:
        raise Refused("none")
    return found


def _sign_on_line(city: City, case: Case, at: datetime) -> object:
    part = actions.send_code(part=(mine := _pass(case, at)), by=mine.actor, at=at)
    context = Notice.objects.filter(template="mediation_code").latest("pk").context
    words = digest_of(made.agreement(case))
    code = json.loads(context)["code"]
    return actions.sign_on_line(part=part, by=part.actor, code=code, words=words, agrees=True, at=at)


def _offered(case: Case):
    found = open_handover(case)
    if found is None:
        raise Refused("none")
    return found


def _plan(case: Case, at: datetime) -> actions.Plan:
    return actions.Plan("doorstep", at + timedelta(days=2), "村委会")


def _term(case: Case) -> int:
    return Term.objects.filter(agreement__case=case).values_list("pk", flat=True).last() or 0


STEPS: dict[str, Step] = {
    "take_up": lambda c, k, t: work.take_up(case=k, by=c.alice.actor, worker=c.owner, at=t),
    "answer": lambda c, k, t: work.answer(case=k, by=clerk(c), text="好", at=t),
    "ask": lambda c, k, t: work.ask(case=k, by=clerk(c), text="补", papers=["地契"], at=t),
    "supplement": lambda c, k, t: work.supplement(case=k, by=RESIDENT, text="补", at=t),
    "refuse": lambda c, k, t: work.refuse(case=k, by=clerk(c), reason="x", remedy="y", at=t),
    "tell": lambda c, k, t: work.tell(case=k, by=clerk(c), how="phone", at=t),
    "close": lambda c, k, t: work.close(case=k, by=clerk(c), at=t),
    "withdraw": lambda c, k, t: work.withdraw(case=k, by=RESIDENT, reason="x", at=t),
    "reopen": lambda c, k, t: work.reopen(case=k, by=clerk(c), reason="x", at=t),
    "merge": lambda c, k, t: doubles.merge_cases(case=k, by=clerk(c), into=make_case(), reason="x", at=t),
    "unmerge": lambda c, k, t: doubles.unmerge_case(case=k, by=clerk(c), reason="x", at=t),
    "offer": lambda c, k, t: handover.offer(
        case=k, by=clerk(c), to=c.stations[SOUTH if k.station_id == NORTH else NORTH], reason="x", at=t
    ),
    "accept_offer": lambda c, k, t: handover.accept_handover(handover=_offered(k), by=c.charlie.actor, at=t),
    "name": lambda c, k, t: actions.name_mediator(case=k, by=clerk(c), worker=made.mediator(c), at=t),
    "name_two": lambda c, k, t: actions.name_mediator(
        case=k, by=clerk(c), worker=made.mediator(c, "周和"), at=t
    ),
    "replace": lambda c, k, t: actions.replace_mediator(
        case=k, by=clerk(c), worker=made.mediator(c, "周和"), reason="x", at=t
    ),
    "agree_1": _agree(0),
    "agree_2": _agree(1),
    "invite": lambda c, k, t: actions.invite(case=k, by=clerk(c), party=_party(k, 1), at=t),
    "uninvite": lambda c, k, t: actions.uninvite(case=k, by=clerk(c), party=_party(k, 1), at=t),
    "yes": lambda c, k, t: actions.say_yes(part=(part := _pass(k, t)), by=part.actor, told_rights=True, at=t),
    "no": lambda c, k, t: actions.say_no(part=(part := _pass(k, t)), by=part.actor, at=t),
    "sign_on_line": _sign_on_line,
    "begin": lambda c, k, t: actions.begin(case=k, by=clerk(c), at=t),
    "decline": lambda c, k, t: actions.decline(case=k, by=clerk(c), party=_party(k, 1), how="phone", at=t),
    "plan": lambda c, k, t: actions.plan_sitting(case=k, by=clerk(c), plan=_plan(k, t), at=t),
    "hold": lambda c, k, t: actions.hold(
        case=k, by=clerk(c), minutes="谈了", present=[_party(k)], held_at=t, at=t
    ),
    "extend": lambda c, k, t: actions.extend(
        case=k, by=clerk(c), months=1, agreed=[one.pk for one in made.parties(k)], reason="x", at=t
    ),
    "oral": lambda c, k, t: actions.agree_orally(case=k, by=clerk(c), terms=made.oral(), at=t),
    "draft": lambda c, k, t: actions.draft(case=k, by=clerk(c), terms=_terms(t), at=t),
    "redraft": lambda c, k, t: actions.redraft(case=k, by=clerk(c), terms=_terms(t), at=t),
    "reconsider": lambda c, k, t: actions.reconsider(case=k, by=clerk(c), reason="x", at=t),
    "sign_1": _sign(0),
    "sign_2": _sign(1),
    "sign_lead": lambda c, k, t: actions.sign(
        case=k, by=clerk(c), mark="ink", mediator=made.mediator(c).pk, at=t
    ),
    "seal": lambda c, k, t: actions.seal(case=k, by=clerk(c), at=t),
    "fail": lambda c, k, t: actions.fail(case=k, by=clerk(c), at=t),
    "want": lambda c, k, t: actions.want_confirmation(
        case=k, by=clerk(c), asking=[one.pk for one in made.parties(k)], at=t
    ),
    "file": lambda c, k, t: actions.file_confirmation(
        case=k, by=clerk(c), court="新抚区法院", filed_on=timezone.localdate(t), at=t
    ),
    "ruled": lambda c, k, t: actions.decide_confirmation(
        case=k, by=clerk(c), confirmed=True, decided_on=timezone.localdate(t), at=t
    ),
    "settle": lambda c, k, t: actions.settle_term(
        case=k, by=clerk(c), term=_term(k), done=True, on=timezone.localdate(t), at=t
    ),
    "visit": lambda c, k, t: actions.visit(case=k, by=clerk(c), is_performed=True, text="好", at=t),
}


def _terms(at: datetime):
    due = timezone.localdate(at) + timedelta(days=20)
    return made.written(terms=(made.TermTerms("付钱", None, due),))


AFTER = {"med_visit", "med_confirm", "med_term", "handover", "tell"}
"""What may still run once a matter has ended: that it was refused is to be told as well."""


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
        assert {code for code, _s in codes} <= AFTER, (done, codes)
    _check_people(case, done)
    _check_agreements(case, done)
    seqs = list(Entry.objects.filter(chain=case.chain).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1)), done


def _check_people(case: Case, done: list[str]) -> None:
    active = Mediator.objects.filter(case=case, state="active")
    engaged = case.co_handlers.filter(done_at=None, worker__isnull=False)
    assert set(active.values_list("worker_id", flat=True)) == set(
        engaged.values_list("worker_id", flat=True)
    ), done
    assert active.filter(is_lead=True).count() == bool(active.count()), (done, "one leads")
    live = Pass.objects.filter(case=case, ended_at=None)
    assert not live.filter(party__left_at__isnull=False).exists(), (done, "who is out opens nothing")
    if case.stage == "mediating":
        assert not Party.objects.filter(case=case, left_at=None).exclude(consent="agrees").exists(), done
    if case.stage in ("effective", "failed", "declined"):
        assert not Sitting.objects.filter(case=case, state="planned").exists(), done


def _check_agreements(case: Case, done: list[str]) -> None:
    states = list(Agreement.objects.filter(case=case).values_list("state", flat=True))
    assert (AgreementState.DRAFT in states) == (case.stage == "agreed") or case.state == "merged", done
    if case.stage == "effective":
        assert AgreementState.EFFECTIVE in states, done
    for each in Agreement.objects.filter(case=case, form="written", state="effective"):
        marks = list(each.signatures.all())
        assert {one.role for one in marks} == {"party", "mediator", "seal"}, done
        assert {one.digest for one in marks} == {each.digest}, done
        assert max(one.at for one in marks) == each.effective_at, done


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=8, max_size=40), st.integers(0, 3))
def test_whatever_people_do_the_promises_hold(verbs, ahead):
    """`ahead`: how far the usual way is gone before people do what they like."""
    city = _city()
    case, at, done = made.requested(), timezone.now(), ["opened"]
    for verb in [*_USUAL[: ahead * 4], *verbs]:
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


_USUAL = (
    "take_up", "name", "agree_1", "invite", "yes", "hold", "draft", "sign_1", "sign_2",
    "sign_lead", "seal", "want", "file",
)  # fmt: skip
_cities: list[City] = []


def _city() -> City:
    """One city for all examples of the test, which share its transaction."""
    if not Case.objects.exists():
        city = make_city()
        actions.prepare(by=SYSTEM)
        made.mediator(city), made.mediator(city, "周和")
        _cities[:] = [city]
    return _cities[0]
