"""Supervision: opened by rule or person, climbs, is answered with a reason, ended by who oversees."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.stages import note_progress, start_clock, stop_clock
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.oversight.enums import Rung, SupervisionState
from mingbai.oversight.models import ClimbRule, Supervision
from mingbai.oversight.rules.climbing import REPLY, ClimbTerms, next_rung, rung_of


def supervise(*, by: Actor, now: datetime | None = None) -> int:
    """Open what the rule asks for, and let climb what nobody answered in time; return how many moved.

    Each matter in its own short transaction; a second worker finds the work done.
    """
    now = now or timezone.now()
    rules = _rules(now)
    if not rules:
        return 0
    moved = sum(_climb(pk, by, now) for pk in _unanswered(now))
    return moved + sum(_open_or_climb(pk, rules, by, now) for pk in _late(rules, now))


def _rules(now: datetime) -> list[ClimbTerms]:
    rows = ClimbRule.objects.valid_on(timezone.localdate(now)).order_by("rung", "valid_from")
    newest = {row.rung: ClimbTerms(row.rung, row.days, row.source, row.valid_from) for row in rows}
    return list(newest.values())


def _late(rules: list[ClimbTerms], now: datetime) -> list[int]:
    """Matters with a running clock that reached a rung above their supervision; three queries."""
    found: dict[int, None] = {}
    first = now - timedelta(days=min(row.days for row in rules))
    late = Clock.objects.filter(done_at=None, is_paused=False, due_at__lte=first).exclude(rule__code=REPLY)
    running = dict(Supervision.objects.running().values_list("case_id", "rung"))
    ended: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    closed = Supervision.objects.filter(state=SupervisionState.CLOSED, case__closed_at=None)
    for case, at, rung in closed.order_by("id").values_list("case_id", "closed_at", "rung"):
        ended[case].append((at or now, rung))
    for case, due in late.order_by("due_at", "id").values_list("case_id", "due_at"):
        judged = max((rung for at, rung in ended[case] if at >= due), default="")
        if rung_of(due, now, rules) > max(running.get(case, ""), judged):
            found[case] = None
    return list(found)


def _unanswered(now: datetime) -> list[int]:
    """Supervision on the first rung whose reply is over its time."""
    late = Clock.objects.filter(
        done_at=None, is_paused=False, due_at__lt=now, rule__code=REPLY, subject__startswith="supervision:"
    )
    keys = [int(subject.partition(":")[2]) for subject in late.values_list("subject", flat=True)]
    waiting = Supervision.objects.filter(pk__in=keys, state=SupervisionState.OPEN, rung=Rung.COUNTY)
    return list(waiting.order_by("id").values_list("pk", flat=True))


@transaction.atomic
def _climb(pk: int, by: Actor, now: datetime) -> int:
    one = _locked(pk)
    if one.state != SupervisionState.OPEN or one.rung != Rung.COUNTY:
        return 0
    _to_rung(one, next_rung(one.rung), by, now)
    return 1


@transaction.atomic
def _open_or_climb(case_pk: int, rules: list[ClimbTerms], by: Actor, now: datetime) -> int:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_pk)
    late = Clock.objects.filter(case=case, done_at=None, is_paused=False).exclude(rule__code=REPLY)
    clock = late.select_related("rule").order_by("due_at", "id").first()
    rung = rung_of(clock.due_at, now, rules) if clock else ""
    if clock is None or not rung:
        return 0
    running = Supervision.objects.running().filter(case=case).first()
    if running is None:
        # What a person ended since it is late is opened again only where it climbs higher.
        judged = Supervision.objects.filter(
            case=case, state=SupervisionState.CLOSED, closed_at__gte=clock.due_at
        )
        if rung <= max(judged.order_by("id").values_list("rung", flat=True), default=""):
            return 0
        _opened(case, rung, _("“%(rule)s”超期") % {"rule": clock.rule.name}, by, now)
        return 1
    if rung <= running.rung:
        return 0
    _to_rung(running, rung, by, now)
    return 1


def _to_rung(one: Supervision, rung: str, by: Actor, now: datetime) -> None:
    """Up; the reply is asked for anew, also where one was given: the matter is still late."""
    one.rung, one.state = rung, SupervisionState.OPEN
    one.save(update_fields=["rung", "state"])
    note_progress(
        case=one.case, by=by, verb="case.supervision_climbed", at=now, rung=str(rung), supervision=one.pk
    )
    _owe_reply(one, by, now)


@transaction.atomic
def start_supervision(*, by: Actor, case: Case, reason: str, at: datetime | None = None) -> Supervision:
    """A supervisor asks before the rule does. Raises Refused "supervised_already", "empty_text"."""
    at = at or timezone.now()
    reason = clean_text(reason, most=500, field="reason")
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if Supervision.objects.running().filter(case=case).exists():
        raise Refused(_("这件已经在督办。"), code="supervised_already")
    return _opened(case, Rung.COUNTY, reason, by, at)


def _opened(case: Case, rung: str, reason: str, by: Actor, at: datetime) -> Supervision:
    one = Supervision.objects.create(case=case, rung=rung, reason=reason, opened_by=by.name, opened_at=at)
    note_progress(
        case=case, by=by, verb="case.supervised", at=at, rung=str(rung), why=reason, supervision=one.pk
    )
    _owe_reply(one, by, at)
    return one


def _owe_reply(one: Supervision, by: Actor, at: datetime) -> None:
    stop_clock(case=one.case, by=by, subject=_subject(one), at=at)
    start_clock(case=one.case, by=by, code=REPLY, subject=_subject(one), at=at)


def _subject(one: Supervision) -> str:
    return f"supervision:{one.pk}"


@transaction.atomic
def answer_supervision(
    *, by: Actor, supervision: Supervision, answer: str, at: datetime | None = None
) -> Supervision:
    """Why it is late and by when it will be done. Raises Refused "wrong_state", "empty_text"."""
    at, one = at or timezone.now(), _locked(supervision.pk)
    answer = clean_text(answer, most=2000, field="answer")
    _expect(one, SupervisionState.OPEN)
    one.state, one.answer, one.answered_at = SupervisionState.ANSWERED, answer, at
    one.answered_by, one.answered_code = by.name, by.code
    one.save(update_fields=["state", "answer", "answered_by", "answered_code", "answered_at"])
    stop_clock(case=one.case, by=by, subject=_subject(one), at=at)
    note_progress(case=one.case, by=by, verb="case.supervision_answered", at=at, supervision=one.pk)
    return one


@transaction.atomic
def return_supervision(
    *, by: Actor, supervision: Supervision, reason: str, at: datetime | None = None
) -> Supervision:
    """The answer will not do: it is asked for again, with the reason. Raises Refused "wrong_state"."""
    at, one = at or timezone.now(), _locked(supervision.pk)
    reason = clean_text(reason, most=500, field="reason")
    _expect(one, SupervisionState.ANSWERED)
    one.state = SupervisionState.OPEN
    one.save(update_fields=["state"])
    note_progress(
        case=one.case, by=by, verb="case.supervision_returned", at=at, why=reason, supervision=one.pk
    )
    _owe_reply(one, by, at)
    return one


@transaction.atomic
def close_supervision(
    *, by: Actor, supervision: Supervision, verdict: str, at: datetime | None = None
) -> Supervision:
    """Ended by who oversees, with what was made of it. Raises Refused "wrong_state", "own_answer"."""
    at, one = at or timezone.now(), _locked(supervision.pk)
    verdict = clean_text(verdict, most=500, field="verdict")
    _expect(one, SupervisionState.ANSWERED)
    if one.answered_code == by.code:
        raise Refused(_("答复的人不能自己结束督办，请另一位监督人员审。"), code="own_answer")
    one.state, one.verdict, one.closed_by, one.closed_at = SupervisionState.CLOSED, verdict, by.name, at
    one.save(update_fields=["state", "verdict", "closed_by", "closed_at"])
    note_progress(
        case=one.case, by=by, verb="case.supervision_closed", at=at, why=verdict, supervision=one.pk
    )
    return one


def _expect(one: Supervision, state: str) -> None:
    if one.state != state:
        raise Refused(
            _("这项督办现在是“%(state)s”，请刷新再看。") % {"state": one.get_state_display()},
            code="wrong_state",
        )


def _locked(pk: int) -> Supervision:
    """The matter first, as every action does, then its supervision."""
    case = Supervision.objects.values_list("case_id", flat=True).get(pk=pk)
    Case.objects.select_for_update(of=("self",)).get(pk=case)
    return Supervision.objects.select_for_update(of=("self",)).select_related("case").get(pk=pk)
