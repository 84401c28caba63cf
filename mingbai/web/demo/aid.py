"""Applications for legal aid in the demo city, led on by the line's own actions as far as the day allows."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.enums import Tell
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.legalaid import actions
from mingbai.legalaid.models import AidLawyer
from mingbai.legalaid.queries.candidates import candidates
from mingbai.legalaid.rules.application import Terms
from mingbai.legalaid.rules.rotation import first
from mingbai.people.models import Worker
from mingbai.web.demo.city import DEMO

Step = Callable[[datetime], Any]


def enrol() -> None:
    """Every lawyer of the register takes aid; one in four is new to the work."""
    for number, worker in enumerate(Worker.objects.filter(post="lawyer", is_active=True).order_by("code")):
        if not AidLawyer.objects.filter(worker=worker).exists():
            since = date(2024 if number % 4 == 3 else 2008 + number % 12, 7, 1)
            actions.enrol_lawyer(by=DEMO, worker=worker, practises_since=since)


def lead(rng: random.Random, case: Case, by: Actor, end: str, at: datetime, now: datetime) -> None:
    """Stated, then asked for papers, or granted, worked and closed: some hours or days between two steps."""
    matter = "wage" if "工资" in case.text else "support"
    terms = Terms(
        matter=matter, shown="commitment", income="900", heads="3", hurry="limit" if case.is_urgent else ""
    )
    actions.state(case=case, by=by, terms=terms, at=at)
    if end == "asked":
        papers = ["身份证", "与事情有关的材料"]
        actions.ask_missing(case=case, by=by, text="请拍照补这两样，就可以决定了。", papers=papers, at=at)
        return
    steps = list(_steps(case, by))
    for step in steps[: rng.choice((1, 2, 3, 4, 5, 6, len(steps), len(steps)))]:
        at += timedelta(hours=4 + rng.randrange(30))
        if at >= now or step(at) is False:
            return


def _steps(case: Case, by: Actor) -> Iterator[Step]:
    today = timezone.localdate
    yield lambda at: actions.grant(case=case, by=by, at=at)
    yield lambda at: _assign(case, by, at)
    yield lambda at: actions.report(
        case=case, by=by, step="met", happened_on=today(at), text="见了面，核对了证据。", at=at
    )
    yield lambda at: actions.report(
        case=case, by=by, step="hearing", happened_on=today(at), text="开了庭，等结果。", at=at
    )
    yield lambda at: actions.report(
        case=case, by=by, step="result", happened_on=today(at), text="对方同意分两次付清。", at=at
    )
    yield lambda at: actions.report_closing(case=case, by=by, text="调解结案，协议已签。", at=at)
    yield lambda at: actions.finish(case=case, by=by, text="对方分两次付清，到期没付可以申请执行。", at=at)
    yield lambda at: work.tell(case=case, by=by, how=Tell.PHONE, at=at)
    yield lambda at: work.close(case=case, by=by, at=at)


def _assign(case: Case, by: Actor, at: datetime) -> bool:
    """Whose turn it is; False where nobody may."""
    turn = first(candidates(case, at))
    if turn is None:
        return False
    actions.assign(case=case, by=by, worker=Worker.objects.get(pk=turn.candidate.worker), at=at)
    return True
