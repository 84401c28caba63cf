"""Mediations made through the actions, at every stage."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.core.actor import RESIDENT, SYSTEM, Actor
from mingbai.mediation import actions
from mingbai.mediation.actions import Statement
from mingbai.mediation.models import Agreement, Committee, Mediation, Party
from mingbai.mediation.rules.agreement import AgreementTerms, TermTerms
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places import actions as places
from mingbai.places.enums import OrganisationKind
from tests.cases.factories import NORTH, City, make_intake
from tests.people.factories import make_worker

OTHER = "钱大河"
ID_ASKING, ID_OTHER, ID_CHILD = "210402198203077653", "210404197711120419", "210402201505059912"


def id_of(plain17: str) -> str:
    """The number with its check digit."""
    from stdnum.cn import ric

    return plain17 + ric.calc_check_digit(plain17 + "0")


def make_statement(**values: Any) -> Statement:
    return Statement(**{"dispute": "neighbour", **values})


def other_side(**values: Any) -> PartyTerms:
    return PartyTerms(**{"side": "other", "name": OTHER, "phone": "13900002222", **values})


def requested(
    by: Actor = RESIDENT, statement: Statement | None = None, parties: Any = None, **intake: Any
) -> Case:
    """A request over the web at NORTH; `intake` as in tests.cases.factories.make_intake."""
    made = make_intake(**{"kind": "mediation", "text": "两家为地边子吵了两年。", **intake})
    who = [other_side()] if parties is None else parties
    opened = actions.request(by=by, intake=made, statement=statement or make_statement(), parties=who)
    return opened.case


def clerk(city: City) -> Actor:
    return city.alice.actor


def mediator(city: City, name: str = "孙和", station: str = NORTH, **more: Any) -> Worker:
    found = Worker.objects.filter(name=name, post=Post.MEDIATOR).first()
    return found or make_worker(city.stations[station], name, Post.MEDIATOR, **more)


def committee(city: City, name: str = "新抚区人民调解委员会", short: str = "新抚") -> Committee:
    organisation = places.create_organisation(
        by=SYSTEM, name=name, kind=OrganisationKind.MEDIATION_COMMITTEE, region=city.regions[NORTH]
    )
    return actions.set_committee(
        by=SYSTEM, organisation=organisation, short=short, since=timezone.localdate() - timedelta(days=30)
    )


def parties(case: Case) -> list[Party]:
    found = list(Party.objects.filter(case=case, left_at=None).order_by("pk"))
    for one in found:
        one.case = fresh(case)
    return found


def all_agree(city: City, case: Case, at: datetime | None = None) -> Case:
    for party in parties(case):
        actions.agree_to(case=case, by=clerk(city), party=party.pk, how="phone", told_rights=True, at=at)
    return fresh(case)


def accepted(city: City) -> Case:
    return work.take_up(case=requested(), by=clerk(city), worker=city.owner)


def asked(city: City) -> Case:
    return work.ask(case=accepted(city), by=clerk(city), text="请补", papers=["地契"])


def preparing(city: City) -> Case:
    case = accepted(city)
    actions.name_mediator(case=case, by=clerk(city), worker=mediator(city))
    return fresh(case)


def mediating(city: City, **more: Any) -> Case:
    case = work.take_up(case=requested(**more), by=clerk(city), worker=city.owner)
    actions.name_mediator(case=case, by=clerk(city), worker=mediator(city))
    return actions.begin(case=all_agree(city, case), by=clerk(city))


def written(**values: Any) -> AgreementTerms:
    soon = timezone.localdate() + timedelta(days=10)
    return AgreementTerms(
        **{
            "form": "written",
            "content": "界石立回原处，甲方赔乙方八百元。",
            "facts": "两家承包地相邻，界石被移动。",
            "duty": "甲方移动界石有过错。",
            "terms": (TermTerms("付八百元，现金", None, soon),),
            **values,
        }
    )


def oral(**values: Any) -> AgreementTerms:
    return AgreementTerms(**{"form": "oral", "content": "互相道歉，以后不再提。", **values})


def agreed(city: City, terms: AgreementTerms | None = None, **more: Any) -> Case:
    case = mediating(city, **more)
    actions.draft(case=case, by=clerk(city), terms=terms or written())
    return fresh(case)


def sign_all(city: City, case: Case, mark: str = "ink", at: datetime | None = None) -> Case:
    for party in parties(case):
        actions.sign(case=case, by=clerk(city), mark=mark, party=party.pk, at=at)
    actions.sign(case=case, by=clerk(city), mark=mark, mediator=mediator(city).pk, at=at)
    actions.seal(case=case, by=clerk(city), at=at)
    return fresh(case)


def effective(city: City, terms: AgreementTerms | None = None) -> Case:
    return sign_all(city, agreed(city, terms))


def failed(city: City) -> Case:
    return actions.fail(case=mediating(city), by=clerk(city), reason="差距太大。")


def declined(city: City) -> Case:
    case = accepted(city)
    return actions.decline(case=case, by=clerk(city), party=parties(case)[1].pk, how="phone")


def closed(city: City) -> Case:
    case = work.tell(case=effective(city), by=clerk(city), how="phone")
    return work.close(case=case, by=clerk(city))


def withdrawn(city: City) -> Case:
    return work.withdraw(case=requested(), by=RESIDENT, reason="和好了")


def refused(city: City) -> Case:
    case = requested()
    return work.refuse(case=case, by=clerk(city), reason="法院已经受理", remedy="请到法院。")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def row(case: Case) -> Mediation:
    return Mediation.objects.select_related("case").get(case=case)


def agreement(case: Case) -> Agreement:
    return Agreement.objects.select_related("case").filter(case=case).latest("version")


def running(case: Case) -> set[str]:
    return set(case.clocks.filter(done_at=None).values_list("rule__code", flat=True))


def days_from(start: datetime, end: datetime) -> int:
    return (timezone.localdate(end) - timezone.localdate(start)).days


def today() -> date:
    return timezone.localdate()
