"""Who is a party to a dispute, and what is missing before it can be mediated: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from mingbai.core.checks import born_on, clean_credit_code, clean_id_number, clean_phone, clean_text
from mingbai.core.refused import Refused
from mingbai.mediation.enums import Consent, PartyKind, Side

ADULT = 18
MOST_PARTIES = 60


@dataclass(frozen=True, slots=True)
class PartyTerms:
    """One party as stated. `code` is an ID number of a person, a credit code of an organisation.

    `guardian` speaks for somebody under age; `agent` is who acts for the party, with a mandate.
    """

    side: str
    name: str
    kind: str = PartyKind.PERSON
    code: str = ""
    phone: str = ""
    address: str = ""
    guardian: str = ""
    agent: str = ""


def checked(party: PartyTerms, *, today: date) -> PartyTerms:
    """The party with clean values.

    Raises Refused "bad_choice", "empty_text", "bad_id_number", "bad_credit_code", "bad_phone", or
    "needs_guardian" for somebody under eighteen for whom nobody speaks.
    """
    _choice("side", party.side, Side.values)
    _choice("kind", party.kind, PartyKind.values)
    is_person = party.kind == PartyKind.PERSON
    clean = replace(
        party,
        name=clean_text(party.name, most=100, field="name"),
        code=_code(party.code, today, is_person=is_person),
        phone=clean_phone(party.phone) if party.phone.strip() else "",
        address=_optional(party.address, 200, "address"),
        guardian=_optional(party.guardian, 100, "guardian"),
        agent=_optional(party.agent, 100, "agent"),
    )
    if is_person and is_minor(clean.code, today) and not clean.guardian:
        raise Refused(
            _("%(name)s不满十八周岁，要写上监护人，由监护人到场。") % {"name": clean.name},
            code="needs_guardian",
            field="guardian",
        )
    return clean


def _choice(name: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field=name)


def _code(text: str, today: date, *, is_person: bool) -> str:
    if not text.strip():
        return ""
    try:
        return clean_id_number(text, today=today) if is_person else clean_credit_code(text)
    except Refused as refused:
        raise Refused(refused.reason, code=refused.code, field="code") from None


def _optional(text: str, most: int, name: str) -> str:
    return clean_text(text, most=most, field=name) if text.strip() else ""


def is_minor(id_number: str, today: date) -> bool:
    """Under eighteen on that day, as far as the number tells."""
    born = born_on(id_number)
    if born is None:
        return False
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1) < ADULT


@dataclass(frozen=True, slots=True)
class Standing:
    """One party as it stands before the beginning."""

    name: str
    side: str
    consent: str


def lacking(parties: Sequence[Standing], *, has_lead: bool) -> tuple[str, ...]:
    """What is missing before it begins (人民调解法 Arts. 17, 19), in words; nothing: it may begin."""
    found = []
    sides = {party.side for party in parties}
    if Side.ASKING not in sides or Side.OTHER not in sides:
        found.append(_("两边的当事人都要写上。"))
    for party in parties:
        if party.consent == Consent.REFUSES:
            found.append(_("%(name)s明确拒绝，不能调解。") % {"name": party.name})
        elif party.consent != Consent.AGREES:
            found.append(_("%(name)s还没有说愿不愿意。") % {"name": party.name})
    if not has_lead:
        found.append(_("还没有定调解员。"))
    return tuple(found)
