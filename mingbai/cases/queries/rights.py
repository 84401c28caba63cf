"""Everything that is kept of one person, for a copy in their hand; and who looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from mingbai.cases.enums import Mode
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Attachment, Case, Consent, LegalHold, Message, Resident
from mingbai.cases.perms import visible_filter
from mingbai.cases.queries.people import family_of, hashed
from mingbai.cases.rules.rights import Held
from mingbai.core.holdings import Subject, told
from mingbai.journal.models import Entry
from mingbai.people.models import User

LOOKS = ("case.person_shown", "case.person_copied", "case.attachment_opened", "case.person_corrected")


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the house read or changed what is kept of the person."""

    at: datetime
    who: str
    verb: str
    number: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """A person's matters with all that belongs to each, by matter: five queries, however many there are."""

    cases: list[Case]
    messages: list[Message]
    files: list[Attachment]
    consents: list[Consent]
    looks: list[Look]


def all_matters(resident: Resident) -> list[Case]:
    """Every matter of a person, wherever it is, newest first: for rules, not for showing."""
    ids = sorted(family_of([resident.pk]))
    theirs = Case.objects.filter(Q(speaker__in=ids) | Q(party__in=ids))
    return list(theirs.select_related("station").order_by("-opened_at", "-pk"))


def held_by(resident: Resident) -> list[Held]:
    cases = all_matters(resident)
    holds = dict(LegalHold.objects.filter(case__in=cases, lifted_at=None).values_list("case_id", "reason"))
    return [
        Held(
            number=case.number,
            is_open=case.is_open,
            is_archived=KINDS.get(case.kind).mode == Mode.ACCEPTED,
            closed_at=case.closed_at,
            is_erased=not bytes(case.key),
            held_for=holds.get(case.pk, ""),
        )
        for case in cases
    ]


def subject_of(resident: Resident) -> Subject:
    """The person as every app finds its rows of them; three queries."""
    rows = list(Resident.objects.filter(pk__in=family_of([resident.pk])).order_by("pk"))
    ids = frozenset(row.pk for row in rows)
    cases = list(Case.objects.filter(Q(speaker__in=ids) | Q(party__in=ids)).values_list("pk", "number"))
    phones = {row.phone: hashed("phone", row.phone) for row in rows if row.phone}
    hashes = [one for each in phones.values() for one in each.every]
    others = Resident.objects.filter(phone_hash__in=hashes, erased_at=None).exclude(pk__in=ids)
    shared = set(others.values_list("phone_hash", flat=True))
    return Subject(
        people=ids,
        matters=frozenset(pk for pk, _number in cases),
        chains=frozenset([f"case:{number}" for _pk, number in cases] + [f"resident:{pk}" for pk in ids]),
        phones=frozenset(phone for phone, each in phones.items() if not shared & set(each.every)),
    )


def besides(resident: Resident) -> list[tuple[Any, list[list[str]]]]:
    """What lines and edges hold of the person beside the matters themselves, in clear: for a copy."""
    return told(subject_of(resident), leave_out=_ON_THE_COPY)


_ON_THE_COPY = ("cases.Resident", "cases.Case", "cases.Message", "cases.Attachment")


def elsewhere(resident: Resident, user: User) -> int:
    """How many of the person's matters this user may not see."""
    ids = sorted(family_of([resident.pk]))
    theirs = Case.objects.filter(Q(speaker__in=ids) | Q(party__in=ids))
    return theirs.count() - theirs.filter(visible_filter(user)).count()


def holdings(resident: Resident) -> Holdings:
    cases = all_matters(resident)
    return Holdings(
        cases=cases,
        messages=list(Message.objects.filter(case__in=cases).select_related("case").order_by("at", "pk")),
        files=list(Attachment.objects.filter(case__in=cases).select_related("case").order_by("pk")),
        consents=list(
            Consent.objects.filter(case__in=cases).select_related("case").order_by("given_at", "pk")
        ),
        looks=looks_at(cases),
    )


def looks_at(cases: list[Case]) -> list[Look]:
    """Who looked, newest first."""
    numbers = {case.chain: case.number for case in cases}
    found = Entry.objects.filter(chain__in=list(numbers), verb__in=LOOKS).order_by("-id")
    rows = found.values_list("at", "actor_name", "verb", "chain")
    return [Look(at, who, verb, numbers[chain]) for at, who, verb, chain in rows]
