"""An agreement: what Art. 29 names and is missing (a warning), when it is in effect, what it hashes to."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.crypto import sm3
from mingbai.core.refused import Refused
from mingbai.mediation.enums import Form, Mark, Role

MOST_AMOUNT = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True)
class TermTerms:
    """One thing to be done: by whom (the party's name, "" for both), what and how, until when."""

    text: str
    who: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """Its content. `unfit`: what a court will not confirm in it (codes of Unfit)."""

    form: str
    content: str
    facts: str = ""
    duty: str = ""
    terms: tuple[TermTerms, ...] = ()
    amount: Decimal | None = None
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of a party, as Art. 29 wants it on paper."""

    name: str
    has_code: bool
    has_address: bool


def missing(terms: AgreementTerms, parties: Sequence[Named]) -> tuple[str, ...]:
    """What Art. 29 names for a written agreement and is not there. It warns; it does not stop anybody."""
    if terms.form == Form.ORAL:
        return ()
    found = [
        _("%(name)s的%(what)s") % {"name": party.name, "what": what}
        for party in parties
        for what, there in ((_("证件号码"), party.has_code), (_("住址"), party.has_address))
        if not there
    ]
    if not terms.facts.strip():
        found.append(_("纠纷的主要事实、争议事项"))
    if not terms.duty.strip():
        found.append(_("各方当事人的责任"))
    if not terms.terms:
        found.append(_("履行的方式"))
    elif any(term.due_on is None for term in terms.terms):
        found.append(_("履行的期限"))
    return tuple(found)


def check_mark(mark: str, *, on_paper: bool) -> str:
    """Raises Refused "bad_choice", or "paper_only" where the law wants ink."""
    if mark not in Mark.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="mark")
    if on_paper and mark == Mark.ELECTRONIC:
        raise Refused(
            _("婚姻、收养、继承这类人身关系的协议不能用电子签名，要打印出来当面签。"),
            code="paper_only",
            field="mark",
        )
    return mark


@dataclass(frozen=True, slots=True)
class Signed:
    """The marks that an agreement bears: primary keys of the parties, whether a mediator and the seal."""

    parties: frozenset[int] = field(default_factory=frozenset)
    has_mediator: bool = False
    has_seal: bool = False


def unsigned(parties: Mapping[int, str], signed: Signed) -> tuple[str, ...]:
    """Whose mark is missing, in words; nothing: it is in effect (人民调解法 Art. 29)."""
    found = [name for pk, name in parties.items() if pk not in signed.parties]
    if not signed.has_mediator:
        found.append(str(Role.MEDIATOR.label))
    if not signed.has_seal:
        found.append(str(Role.SEAL.label))
    return tuple(found)


def digest(words: Mapping[str, Any], terms: Collection[tuple[str, int | None, str]]) -> str:
    """SM3 over everything that is signed: one changed word is another digest."""
    told = [sorted(words.items()), sorted(terms, key=repr)]
    return sm3(json.dumps(told, ensure_ascii=False, default=str).encode())
