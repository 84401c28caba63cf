"""Mediations in the demo city, led on by the line's own actions as far as the day allows; committees."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.enums import Tell
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.mediation import actions
from mingbai.mediation.actions import Statement
from mingbai.mediation.models import Committee, Party
from mingbai.mediation.queries.naming import people_for
from mingbai.mediation.rules.agreement import AgreementTerms, TermTerms
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.people.models import Worker
from mingbai.places.actions import create_organisation
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Organisation, Region
from mingbai.web.demo.city import COUNTY, DEMO, OTHER_COUNTY
from mingbai.web.demo.texts import GIVEN, SURNAMES

Step = Callable[[datetime], Any]
_COMMITTEES = ((COUNTY, "新抚"), (OTHER_COUNTY, "新宾"))


def found() -> None:
    """A committee in each county of the demo's desks; one has too few members, as the page shows."""
    mediators = Worker.objects.filter(post="mediator", is_active=True).order_by("code")
    for number, (code, short) in enumerate(_COMMITTEES):
        region = Region.objects.get(code=code)
        name = f"{region.name}人民调解委员会"
        organisation = Organisation.objects.filter(name=name).first() or create_organisation(
            by=DEMO, name=name, kind=OrganisationKind.MEDIATION_COMMITTEE, region=region
        )
        if Committee.objects.filter(organisation=organisation).exists():
            continue
        since = timezone.localdate() - timedelta(days=200)
        committee = actions.set_committee(by=DEMO, organisation=organisation, short=short, since=since)
        for seat, worker in enumerate(mediators[number * 4 : number * 4 + 3 - number]):
            actions.seat(
                by=DEMO,
                committee=committee,
                worker=worker,
                since=since,
                is_chair=seat == 0,
                is_woman=seat == 1,
            )


def lead(rng: random.Random, case: Case, by: Actor, at: datetime, now: datetime) -> None:
    """Asked, agreed to, mediated, and agreed or not: some hours or days between two steps."""
    dispute = "property" if "楼上" in case.text else "land"
    actions.state(case=case, by=by, statement=Statement(dispute=dispute), at=at)
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    other = PartyTerms("other", name, phone=f"139{rng.randrange(10**8):08d}", address="同村")
    if not any(party.name == name for party in _parties(case)):
        actions.add_party(case=case, by=by, party=other, at=at)
    steps = list(_steps(rng, case, by))
    for step in steps[: rng.choice((1, 2, 3, 5, 6, len(steps), len(steps), len(steps)))]:
        at += timedelta(hours=3 + rng.randrange(24))
        if at >= now or step(at) is False:
            return


def _parties(case: Case) -> list[Party]:
    found = list(Party.objects.filter(case=case, left_at=None).order_by("pk"))
    for party in found:
        party.case = case
    return found


def _steps(rng: random.Random, case: Case, by: Actor) -> Iterator[Step]:
    yield lambda at: _agree(case, by, at)
    if rng.random() < 0.1:
        yield lambda at: actions.decline(
            case=case, by=by, party=_parties(case)[-1].pk, how="phone", reason="不想见面", at=at
        )
        return
    yield lambda at: _name(case, by, at)
    yield lambda at: actions.hold(
        case=case,
        by=by,
        minutes="双方都到了，各自说了经过，到现场看过。",
        present=[party.pk for party in _parties(case)],
        held_at=at,
        kind="doorstep",
        place="村委会",
        hours=Decimal("1.5"),
        at=at,
    )
    if rng.random() < 0.2:
        yield lambda at: actions.fail(case=case, by=by, reason="双方说的数差得太多。", at=at)
        return
    yield lambda at: actions.draft(case=case, by=by, terms=_terms(rng, at), at=at)
    yield lambda at: _sign(case, by, at)
    yield lambda at: work.tell(case=case, by=by, how=Tell.PHONE, at=at)
    yield lambda at: work.close(case=case, by=by, at=at)


def _agree(case: Case, by: Actor, at: datetime) -> bool:
    """False where one side is unknown: who is asked for first."""
    parties = _parties(case)
    for party in parties:
        actions.agree_to(case=case, by=by, party=party.pk, how="phone", told_rights=True, at=at)
    return len({party.side for party in parties}) > 1


def _name(case: Case, by: Actor, at: datetime) -> bool:
    chosen = next((one for one in people_for(case, at) if one.is_free), None)
    if chosen is None:
        return False
    worker = Worker.objects.get(pk=chosen.worker)
    actions.name_mediator(case=case, by=by, worker=worker, at=at)
    return True


def _terms(rng: random.Random, at: datetime) -> AgreementTerms:
    amount = Decimal(rng.choice((600, 800, 1200, 2000)))
    due = timezone.localdate(at) + timedelta(days=rng.choice((3, 7, 15)))
    return AgreementTerms(
        form="written",
        content=f"一方赔付{amount}元，双方互相道歉，以后不再提这件事。",
        facts="事情经过双方都承认。",
        duty="一方有过错，另一方也有责任。",
        terms=(TermTerms(f"付清{amount}元", None, due),),
        amount=amount,
    )


def _sign(case: Case, by: Actor, at: datetime) -> None:
    for party in _parties(case):
        actions.sign(case=case, by=by, mark="finger", party=party.pk, at=at)
    mediator = case.mediators.get(state="active", is_lead=True)
    actions.sign(case=case, by=by, mark="ink", mediator=mediator.worker_id, at=at)
    actions.seal(case=case, by=by, at=at)
