"""What one party sees of its mediation on line: its own part, and of the others only that they are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.checks import is_mobile
from mingbai.mediation.enums import AgreementState, Form, RuleCode, SessionState
from mingbai.mediation.models import Agreement, Mediation, Mediator, Party, Pass, Signature, Sitting, Term
from mingbai.mediation.queries.agreements import digest_of
from mingbai.mediation.queries.committees import numbers_on
from mingbai.mediation.queries.matters import mediators_of, parties_of
from mingbai.mediation.rules.online import Signer, stands_against


@dataclass(frozen=True, slots=True)
class Words:
    """The agreement that counts now, in the words the parties sign; `digest` is of exactly these."""

    agreement: Agreement
    digest: str
    terms: list[Term]
    signatures: list[Signature]


@dataclass(frozen=True, slots=True)
class Share:
    """All that the page of one party is made of: nothing that was said inside, no paper, no message."""

    case: Case
    row: Mediation
    me: Party
    parties: list[Party]
    mediators: list[Mediator]
    sittings: list[Sitting]
    words: Words | None


def share_of(part: Pass) -> Share:
    """Nine queries, however many parties, meetings and terms there are."""
    case = Case.objects.select_related("station").get(pk=part.case_id)
    row = Mediation.objects.select_related("committee__organisation").get(case=case)
    parties = parties_of(case)
    return Share(
        case=case,
        row=row,
        me=next(party for party in parties if party.pk == part.party_id),
        parties=parties,
        mediators=mediators_of(case),
        sittings=_sittings(case, part.party_id),
        words=_words(case),
    )


def _sittings(case: Case, party: int) -> list[Sitting]:
    """Those that this party is asked to, or came to; not who else was spoken with alone."""
    found = list(Sitting.objects.filter(case=case))
    for one in found:
        one.case = case
    return [one for one in found if _is_theirs(one, party)]


def _is_theirs(one: Sitting, party: int) -> bool:
    if one.state == SessionState.HELD:
        return party in one.present
    return not one.invited or party in one.invited


_COUNTS = (AgreementState.DRAFT, AgreementState.EFFECTIVE)


def _words(case: Case) -> Words | None:
    """What waits for signatures, else what is in effect; what came to nothing is not shown."""
    found = {one.state: one for one in Agreement.objects.filter(case=case, state__in=_COUNTS)}
    agreement = found.get(AgreementState.DRAFT) or found.get(AgreementState.EFFECTIVE)
    if agreement is None:
        return None
    agreement.case = case
    terms = list(agreement.terms.order_by("due_on", "pk"))
    for term in terms:
        term.agreement = agreement
    is_draft = agreement.state == AgreementState.DRAFT and agreement.form == Form.WRITTEN
    return Words(agreement, digest_of(agreement) if is_draft else "", terms, list(agreement.signatures.all()))


def why_not_on_line(party: Party, agreement: Agreement, marks: Iterable[Signature], now: datetime) -> str:
    """A code of NotOnLine, or "" where this party may sign these words with a code; one query."""
    allowed = numbers_on(timezone.localdate(now)).get(RuleCode.ONLINE_SIGN, 0)
    signer = Signer(
        kind=party.kind,
        has_mobile=is_mobile(party.phone),
        has_guardian=bool(party.guardian),
        has_agent=bool(party.agent),
        has_signed=any(one.party_id == party.pk for one in marks),
    )
    return stands_against(signer, on_paper=agreement.on_paper, is_allowed=bool(allowed))


def live_passes(case: Case, now: datetime) -> dict[int, Pass]:
    """Party → the pass with which it takes part; one query."""
    found = Pass.objects.live(now).filter(case=case)
    passes = {one.party_id: one for one in found}
    for one in passes.values():
        one.case = case
    return passes
