"""Rows that come back from another system of record: compared with ours; what is new there is opened here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import Opened
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.filings import actions
from mingbai.filings.enums import FilingState
from mingbai.filings.kinds import NUMBER, THEIRS, FilingKind
from mingbai.filings.models import Filing
from mingbai.filings.queries import codebook, columns_of
from mingbai.filings.rules import read_row
from mingbai.legalaid import actions as aid
from mingbai.legalaid.filing import SYSTEM as AID
from mingbai.legalaid.models import Matter
from mingbai.legalaid.rules.application import Terms
from mingbai.mediation import actions as mediation
from mingbai.mediation.actions import Statement
from mingbai.mediation.enums import Dispute, Side
from mingbai.mediation.filing import SYSTEM as MEDIATION
from mingbai.mediation.rules.parties import PartyTerms

Row = Mapping[str, str]


@dataclass
class Landed:
    """How many records agree, differ, were opened here; the rows that did not land, by line, with why."""

    confirmed: int = 0
    differs: int = 0
    opened: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def land(
    *, by: Actor, kind: FilingKind, rows: Sequence[tuple[int, Row]], region: str, numbers: frozenset[str]
) -> Landed:
    """Each row by itself: one that is refused hinders no other. `numbers`: the matters within reach.

    `region`: where a matter lies that is new here.
    """
    done = Landed()
    for line, row in rows:
        try:
            with transaction.atomic():
                _one(done, by, kind, row, region, numbers)
        except Refused as refused:
            done.refused.append((line, str(refused)))
    return done


def _one(done: Landed, by: Actor, kind: FilingKind, row: Row, region: str, numbers: frozenset[str]) -> None:
    theirs = read_row(columns_of(kind), row)
    number = theirs.get(NUMBER) or _known(kind, theirs[THEIRS])
    if not number:
        book = codebook(kind)
        said = {name: book.to_ours(name, value) for name, value in theirs.items()}
        opened = _OPENERS[kind.system](by, kind, said, region)
        done.opened += opened.is_new
        # What they call it is kept; what they say of it is what we wrote down.
        actions.compare(by=by, system=kind.system, about=opened.case.chain, theirs={THEIRS: theirs[THEIRS]})
        return
    if number not in numbers:
        raise Refused(_("没有这一件，或者不归您管。"), code="unknown_case")
    found = actions.compare(by=by, system=kind.system, about=f"case:{number}", theirs=theirs)
    done.differs += found.state == FilingState.DIFFERS
    done.confirmed += found.state == FilingState.CONFIRMED


def _known(kind: FilingKind, theirs: str) -> str:
    row = Filing.objects.filter(system=kind.system, number=theirs).first()
    return row.about.removeprefix("case:") if row else ""


def _intake(kind: FilingKind, theirs: Row, region: str) -> Intake:
    """The province's own net is the channel it came by; its number makes a second sending the same."""
    if not theirs.get("text"):
        raise Refused(_("没有写是什么事，不能登记。"), code="empty_text")
    return Intake(
        kind=kind.line,
        channel=Channel.WEB,
        text=theirs["text"],
        region=region,
        speaker=Person(theirs.get("name", ""), theirs.get("phone", ""), theirs.get("id_number", "")),
        source=kind.system,
        idempotency_key=theirs[THEIRS],
    )


def _open_aid(by: Actor, kind: FilingKind, theirs: Row, region: str) -> Opened:
    name = theirs.get("matter", "")
    matter = Matter.objects.filter(valid_to=None, name=name).first() if name else None
    terms = Terms(
        matter=matter.code if matter else "", body=theirs.get("body", ""), opponent=theirs.get("opponent", "")
    )
    return aid.apply(by=by, intake=_intake(kind, theirs, region), terms=terms)


def _open_mediation(by: Actor, kind: FilingKind, theirs: Row, region: str) -> Opened:
    labels = {str(label): code for code, label in Dispute.choices}
    statement = Statement(dispute=labels.get(theirs.get("dispute", ""), ""))
    others = [PartyTerms(side=Side.OTHER, name=name) for name in theirs.get("others", "").split("、") if name]
    return mediation.request(by=by, intake=_intake(kind, theirs, region), statement=statement, parties=others)


_OPENERS: Mapping[str, Callable[[Actor, FilingKind, Row, str], Opened]] = {
    AID: _open_aid,
    MEDIATION: _open_mediation,
}
