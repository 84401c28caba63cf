"""One mediation as it stands: its parties, mediators, agreement."""

from mingbai.cases.models import Case
from mingbai.mediation.enums import AgreementState, MediatorState
from mingbai.mediation.models import Agreement, Mediator, Party, Term
from mingbai.mediation.rules.agreement import AgreementTerms, TermTerms


def parties_of(case: Case) -> list[Party]:
    """Who is in it now, in the order of being put down; their values open under the matter's key."""
    found = list(Party.objects.filter(case=case, left_at=None))
    for party in found:
        party.case = case
    return found


def mediators_of(case: Case) -> list[Mediator]:
    """Who mediates it now, the one who leads first."""
    found = list(Mediator.objects.filter(case=case, state=MediatorState.ACTIVE).select_related("worker"))
    for one in found:
        one.case = case
    return found


def draft_of(case: Case) -> Agreement | None:
    """What waits for signatures."""
    return _one(case, AgreementState.DRAFT)


def effective_of(case: Case) -> Agreement | None:
    return _one(case, AgreementState.EFFECTIVE)


def _one(case: Case, state: str) -> Agreement | None:
    found = Agreement.objects.filter(case=case, state=state).first()
    if found is not None:
        found.case = case
    return found


def terms_of(agreement: Agreement) -> AgreementTerms:
    """The agreement as it was written."""
    return AgreementTerms(
        form=agreement.form,
        content=agreement.content,
        facts=agreement.facts,
        duty=agreement.duty,
        terms=tuple(_term(agreement, term) for term in agreement.terms.order_by("pk")),
        amount=agreement.amount,
        unfit=tuple(agreement.unfit),
    )


def _term(agreement: Agreement, term: Term) -> TermTerms:
    term.agreement = agreement
    return TermTerms(term.text, term.who_id, term.due_on)
