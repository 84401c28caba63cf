"""No silent deadline: warned, raised, extended once, corrected with the calendar; never twice."""

import json
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import clocks, handover, work
from mingbai.cases.models import Case, Clock
from mingbai.cases.queries import clock_views, to_designate
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.core.workdays import Day
from mingbai.journal.models import Entry
from mingbai.journal.queries import history
from mingbai.places.actions import load_notice
from mingbai.places.queries import workdays
from tests.cases.factories import SOUTH, City, fresh, make_case, make_intake, make_taken
from tests.cases.test_work import code, running

EVENING = timezone.make_aware(datetime(2026, 12, 30, 15, 0))


def local(year, month, day, hour=0, minute=0):
    return timezone.make_aware(datetime(year, month, day, hour, minute))


def entered(verb):
    return Entry.objects.filter(verb=verb).count()


def test_a_clock_warns_once_then_is_raised_once(city: City):
    case = make_case()
    clock = case.clocks.get(rule__code="take_up")
    clocks.tick(now=clock.soon_at - timedelta(hours=1))  # over a weekend another clock may be due before
    clock.refresh_from_db()
    assert clock.warned_at is None
    clocks.tick(now=clock.soon_at + timedelta(minutes=1))
    clock.refresh_from_db()
    assert clock.warned_at is not None
    warned = entered("case.clock_soon")
    clocks.tick(now=clock.soon_at + timedelta(minutes=2))
    assert entered("case.clock_soon") == warned
    late = clock.due_at + timedelta(minutes=1)
    clocks.tick(now=late)
    raised = entered("case.clock_late")
    clocks.tick(now=late + timedelta(minutes=1))
    assert entered("case.clock_late") == raised >= 1


def test_a_machines_clock_that_jumps_forward_and_back_marks_nothing_twice(city: City):
    make_case()
    now = timezone.now()
    for jump in (
        timedelta(days=400),
        timedelta(0),
        timedelta(days=30),
        timedelta(days=-30),
        timedelta(days=900),
    ):
        clocks.tick(now=now + jump)
    for clock in Clock.objects.select_related("case", "rule"):
        told = [json.loads(e.data)["rule"] for e in history(clock.case.chain) if e.verb == "case.clock_late"]
        assert told.count(clock.rule.code) == 1


def test_what_nobody_takes_up_goes_to_the_supervisor(city: City):
    case = make_case()
    clocks.tick(now=timezone.now() + timedelta(days=30))
    assert list(to_designate(fresh(city.supervisor))) == [case]
    work.take_up(case=case, by=city.alice.actor, worker=city.owner)
    assert not Case.objects.get(pk=case.pk).needs_designation


def test_an_offer_nobody_answers_goes_to_the_supervisor(city: City):
    offer = handover.offer(case=make_taken(city), by=city.alice.actor, to=city.stations[SOUTH], reason="x")
    clocks.tick(now=timezone.now() + timedelta(days=30))
    case = Case.objects.get(pk=offer.case_id)
    assert case.needs_designation
    handover.accept_handover(handover=offer, by=city.charlie.actor)
    assert not Case.objects.get(pk=case.pk).needs_designation


def test_a_paused_clock_is_not_raised(city: City):
    work.ask(case=make_taken(city), by=city.alice.actor, text="请补")
    clocks.tick(now=timezone.now() + timedelta(days=100))
    assert entered("case.clock_late") == 0


def test_who_ends_a_clock_while_it_stands_still_is_not_late(city: City):
    case = work.ask(case=make_taken(city), by=city.alice.actor, text="请补")
    paused = case.clocks.get(rule__code="answer_limit")
    Clock.objects.filter(case=case).exclude(pk=paused.pk).delete()  # what the resident owes runs on
    later = paused.due_at + timedelta(days=100)
    assert not work.withdraw(case=case, by=SYSTEM, reason="自己解决了", at=later).ran_out
    paused.refresh_from_db()
    assert paused.due_at > later and not Clock.objects.over().filter(pk=paused.pk).exists()


def test_a_matter_says_that_a_clock_ran_out_until_it_has_time_again(city: City):
    extension = asked(city)
    Clock.objects.filter(case=extension.clock.case_id).exclude(pk=extension.clock_id).delete()
    clocks.tick(now=extension.clock.due_at + timedelta(minutes=1))
    assert Case.objects.get(pk=extension.clock.case_id).ran_out
    told = {"extension": extension, "by": city.supervisor.actor, "granted": True}
    clocks.decide_extension(**told)
    assert not Case.objects.get(pk=extension.clock.case_id).ran_out


def asked(city: City, amount=3):
    case = make_taken(city)
    clock = case.clocks.get(rule__code="answer_limit")
    return clocks.ask_extension(clock=clock, by=city.alice.actor, amount=amount, reason="要查档案")


def test_an_extension_is_asked_before_and_granted_once(city: City):
    extension = asked(city)
    before = extension.clock.due_at
    case = clocks.decide_extension(extension=extension, by=city.supervisor.actor, granted=True)
    clock = Clock.objects.get(pk=extension.clock_id)
    assert clock.due_at > before and clock.extra == 3 and case.is_extended
    assert (
        code(clocks.ask_extension, clock=clock, by=city.alice.actor, amount=1, reason="再")
        == "extended_already"
    )
    told = {"extension": extension, "by": city.supervisor.actor, "granted": True}
    assert code(clocks.decide_extension, **told) == "decided_already"


def test_a_refused_extension_needs_a_word_and_changes_nothing(city: City):
    extension = asked(city)
    told = {"extension": extension, "by": city.supervisor.actor, "granted": False}
    assert code(clocks.decide_extension, **told) == "empty_text"
    case = clocks.decide_extension(**told, answer="抓紧办")
    assert not case.is_extended
    assert Clock.objects.get(pk=extension.clock_id).due_at == extension.clock.due_at


@pytest.mark.parametrize(
    ("rule", "amount", "days", "expected"),
    [
        ("answer_limit", 11, 0, "extension_too_long"),
        ("answer_limit", 0, 0, "extension_too_long"),
        ("answer", 1, 0, "no_extension"),
        ("answer_limit", 1, 60, "extension_too_late"),
    ],
)
def test_an_extension_keeps_to_the_rule(city: City, rule, amount, days, expected):
    clock = make_taken(city).clocks.get(rule__code=rule)
    at = timezone.now() + timedelta(days=days)
    asking = {"clock": clock, "by": city.alice.actor, "amount": amount, "reason": "x", "at": at}
    assert code(clocks.ask_extension, **asking) == expected


def test_the_most_that_can_be_given_is_said_with_its_unit(city: City):
    clock = make_taken(city).clocks.get(rule__code="answer_limit")
    asking = {"clock": clock, "by": city.alice.actor, "amount": 99, "reason": "x"}
    said = f"最多延期 {clock.rule.extension_most} {clock.rule.get_unit_display()}。"
    with pytest.raises(Refused, match=said):
        clocks.ask_extension(**asking)


def opened_at(at, **values):
    """A matter of that moment; the machine's clock may still be before it, as after a jump."""
    from mingbai.cases.actions import _clockwork
    from mingbai.cases.queries import books

    case = make_case(**values)
    case.clocks.all().delete()
    Clock.objects.bulk_create(_clockwork.build(case, "opened", at, books()))
    case.due_at = _clockwork.earliest(case.clocks.all())
    case.save()
    return case


def new_year_notice():
    """A notice for 2027 that differs from the estimate: a bridge day off, a Saturday worked."""
    days = {day: entry for day, entry in workdays().days.items() if day.year == 2027}
    known = {day: Day(entry.workday, entry.name) for day, entry in days.items()}
    known[date(2027, 1, 4)] = Day(workday=False, name="元旦")
    known[date(2027, 1, 9)] = Day(workday=True, name="调休上班")
    return known


def test_deadlines_across_the_new_year_are_estimated_and_say_so(city: City):
    case = opened_at(EVENING)
    clock = case.clocks.get(rule__code="answer_limit")
    assert clock.is_estimated and timezone.localdate(clock.due_at) == date(2027, 1, 7)
    view = next(view for view in clock_views(case) if view.rule.code == "answer_limit")
    assert "尚未公布" in view.steps[-1].text
    assert not opened_at(local(2026, 11, 24, 10)).clocks.get(rule__code="answer_limit").is_estimated


def test_the_notice_corrects_every_open_deadline_with_an_entry(city: City):
    moved, kept = opened_at(EVENING), opened_at(local(2026, 11, 24, 10))
    answered = work.answer(case=opened_at(EVENING), by=city.alice.actor, text="好")
    entries = len(history(kept.chain)), len(history(answered.chain))
    load_notice(by=SYSTEM, year=2027, days=new_year_notice(), source="国办发明电")
    clock = moved.clocks.get(rule__code="answer_limit")
    assert timezone.localdate(clock.due_at) == date(2027, 1, 8) and not clock.is_estimated
    told = [json.loads(e.data) for e in history(moved.chain) if e.verb == "case.clock_corrected"]
    assert [one["rule"] for one in told] == ["answer_limit"] and told[0]["from"] < told[0]["to"]
    assert Case.objects.get(pk=moved.pk).due_at == min(c.due_at for c in moved.clocks.filter(done_at=None))
    assert (len(history(kept.chain)), len(history(answered.chain))) == entries


def test_an_estimate_that_proves_right_is_certain_without_an_entry(city: City):
    case = opened_at(EVENING)
    days = {d: Day(e.workday, e.name) for d, e in workdays().days.items() if d.year == 2027}
    load_notice(by=SYSTEM, year=2027, days=days, source="国办发明电")
    assert not case.clocks.get(rule__code="answer_limit").is_estimated
    assert entered("case.clock_corrected") == 0


def test_a_clock_view_tells_its_state(city: City):
    case = make_case()
    clock = case.clocks.get(rule__code="answer_limit")

    def state(at):
        return next(v.state for v in clock_views(case, at) if v.rule.code == "answer_limit")

    assert state(clock.started_at) == "on_time"
    assert state(clock.soon_at) == "soon" and state(clock.due_at + timedelta(seconds=1)) == "late"
    work.ask(case=case, by=city.alice.actor, text="请补")
    assert state(timezone.now()) == "paused"
    work.answer(case=case, by=city.alice.actor, text="好")
    assert state(timezone.now()) == "met"


def test_an_urgent_matter_has_an_hour_and_wages_the_day(city: City):
    urgent = make_case(is_urgent=True).clocks.get(rule__code="take_up")
    assert urgent.due_at - urgent.started_at == timedelta(hours=1)
    wage = opened_at(local(2026, 11, 24, 10), is_wage=True)
    assert timezone.localdate(wage.clocks.get(rule__code="answer").due_at) == date(2026, 11, 24)
    assert make_intake().is_wage is False


def test_converting_keeps_the_clock_of_taking_up(city: City):
    case = make_case()
    before = case.clocks.get(rule__code="take_up")
    case = work.convert(case=case, by=city.alice.actor, kind="mediation", reason="x")
    assert case.clocks.get(rule__code="take_up", done_at=None).started_at == before.started_at
    assert running(case) == {"take_up"}


def test_supervisors_of_the_place_are_told_once(city: City):
    from mingbai.notices.models import Notice
    from mingbai.people.actions import edit_user

    for name in ("supervisor", "leader"):
        user = city.users[name]
        edit_user(by=SYSTEM, user=user, name=user.name, email=f"{name}@example.org")
    case = make_case()
    for days in (30, 31):
        clocks.tick(now=timezone.now() + timedelta(days=days))
    told = Notice.objects.filter(template="clock_late")
    assert {notice.address for notice in told} == {"supervisor@example.org"}
    assert told.count() == case.clocks.count()
