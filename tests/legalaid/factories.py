"""Applications made through the actions, at every stage."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import RESIDENT, Actor
from mingbai.legalaid import actions
from mingbai.legalaid.models import Application
from mingbai.legalaid.rules.application import Terms
from mingbai.people.roles import RoleCode
from tests.cases.factories import City, make_case, make_intake

REASON = "收入高于标准，也没有大笔支出。"


def make_terms(**values: Any) -> Terms:
    """Unpaid wages, hardship by commitment."""
    return Terms(**{"matter": "wage", "shown": "commitment", "income": "900", "heads": "3", **values})


def make_aid(by: Actor = RESIDENT, terms: Terms | None = None, **intake: Any) -> Case:
    """An application over the web at NORTH; `intake` as in tests.cases.factories.make_intake."""
    made = make_intake(**{"kind": "legal_aid", "id_number": "", **intake})
    return actions.apply(by=by, intake=made, terms=terms or make_terms()).case


def reviewer(city: City) -> Actor:
    return city.users[RoleCode.AID_REVIEWER].actor


def head(city: City) -> Actor:
    """The second person: heads the station."""
    return city.alice.actor


def bureau(city: City) -> Actor:
    return city.supervisor.actor


def refused(city: City) -> Case:
    case = make_aid()
    actions.propose_refusal(case=case, by=reviewer(city), reason=REASON)
    return actions.confirm_refusal(case=case, by=head(city))


def granted(city: City) -> Case:
    return actions.grant(case=make_aid(), by=reviewer(city))


def asked(city: City) -> Case:
    return actions.ask_missing(case=make_aid(), by=reviewer(city), text="请补", papers=["身份证"])


def objected(city: City) -> Case:
    case = refused(city)
    actions.object_to(case=case, by=RESIDENT, text="我家没有这么多收入。")
    return fresh(case)


def refusal_proposed(city: City) -> Case:
    case = make_aid()
    actions.propose_refusal(case=case, by=reviewer(city), reason=REASON)
    return fresh(case)


def upheld(city: City) -> Case:
    return actions.judge(case=objected(city), by=bureau(city), outcome="upheld", answer="决定无误。")


def transferred(city: City) -> Case:
    return actions.transfer(
        case=make_aid(),
        by=reviewer(city),
        office="沈阳市法律援助中心",
        phone="024-12348",
        reason="案件在沈阳审理",
    )


def lapsed(city: City) -> Case:
    case = asked(city)
    return actions.let_lapse(case=case, by=reviewer(city), at=timezone.now() + timedelta(days=40))


def taken(city: City) -> Case:
    return work.take_up(case=make_aid(), by=city.alice.actor, worker=city.owner)


def in_review(city: City) -> Case:
    case = asked(city)
    return work.supplement(case=case, by=RESIDENT, text="补来了", papers=["身份证"])


def closed(city: City) -> Case:
    case = work.tell(case=refused(city), by=city.alice.actor, how="phone")
    return work.close(case=case, by=city.alice.actor)


def withdrawn(city: City) -> Case:
    return work.withdraw(case=make_aid(), by=RESIDENT, reason="不办了")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def application(case: Case) -> Application:
    return Application.objects.select_related("case").get(case=case)


def running(case: Case) -> set[str]:
    return set(case.clocks.filter(done_at=None).values_list("rule__code", flat=True))


def clock(case: Case, code: str) -> Clock:
    return case.clocks.select_related("rule").get(rule__code=code)


def days_between(start: datetime, end: datetime) -> int:
    return (timezone.localdate(end) - timezone.localdate(start)).days


def plain_case() -> Case:
    """A matter of another kind."""
    return make_case()
