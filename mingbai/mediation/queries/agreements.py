"""An agreement as it is signed: what its words hash to now, and whose mark is missing."""

from mingbai.mediation.enums import Role
from mingbai.mediation.models import Agreement, Term
from mingbai.mediation.queries.matters import parties_of
from mingbai.mediation.rules.agreement import Signed, digest, unsigned


def digest_of(agreement: Agreement) -> str:
    """What is signed: the words, the terms, and the names of the parties as they stand now."""
    terms = [
        (_text(agreement, term), term.who_id, term.due_on.isoformat() if term.due_on else "")
        for term in agreement.terms.order_by("pk")
    ]
    words = {
        "facts": agreement.facts,
        "duty": agreement.duty,
        "content": agreement.content,
        "amount": f"{agreement.amount:.2f}" if agreement.amount is not None else "",
        "parties": [f"{party.name} {party.code}" for party in parties_of(agreement.case)],
    }
    return digest(words, terms)


def _text(agreement: Agreement, term: Term) -> str:
    term.agreement = agreement
    return str(term.text)


def still_unsigned(agreement: Agreement) -> tuple[str, ...]:
    """Whose mark is missing."""
    marks = list(agreement.signatures.all())
    signed = Signed(
        frozenset(one.party_id for one in marks if one.party_id),
        any(one.role == Role.MEDIATOR for one in marks),
        any(one.role == Role.SEAL for one in marks),
    )
    return unsigned({party.pk: party.name for party in parties_of(agreement.case)}, signed)
