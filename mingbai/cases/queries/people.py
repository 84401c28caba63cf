"""Finding matters and people again: by number, phone, ID number or name, through keyed hashes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from mingbai.cases.enums import State
from mingbai.cases.models import Case, CaseQuerySet, Resident
from mingbai.core.checks import clean_id_number, clean_phone, mask_name, mask_phone
from mingbai.core.crypto import Hash, keyed_hash
from mingbai.core.numbers import clean_number, is_number
from mingbai.core.refused import Refused
from mingbai.people.models import User

SAME_WEEK = timedelta(days=7)
_MOST_ROWS = 50
_DEEPEST = 8
"""How many mergings deep a person's rows are looked for."""


def hashed(what: str, value: str) -> Hash:
    """The keyed hash by which a resident is found again ("name", "phone", "id_number"); "" for nothing."""
    return keyed_hash(value, what=f"resident.{what}") if value else Hash()


def canonical(resident: Resident) -> Resident:
    """The person this row was found to be."""
    for _step in range(_DEEPEST):
        if resident.merged_into is None:
            return resident
        resident = resident.merged_into
    return resident


def family_of(ids: Iterable[int]) -> set[int]:
    """These rows and every row merged with them, upwards and downwards."""
    known = {pk for pk in ids if pk}
    fresh = set(known)
    for _step in range(_DEEPEST):
        if not fresh:
            break
        # Two looks by index: one look either way would read the whole table.
        above = Resident.objects.filter(pk__in=fresh, merged_into__isnull=False)
        below = Resident.objects.filter(merged_into__in=fresh)
        near = {*above.values_list("merged_into_id", flat=True), *below.values_list("pk", flat=True)}
        fresh = {pk for pk in near if pk} - known
        known |= fresh
    return known


def find(text: str, user: User, *, limit: int = _MOST_ROWS) -> list[Case]:
    """Visible matters by number, phone, ID number, or whole name: at most five queries."""
    text = str(text or "").strip()[:80]
    number = clean_number(text)
    seen: CaseQuerySet = Case.objects.visible_to(user)
    if is_number(number):
        return list(seen.filter(number=number).select_related(*_SHOWN))
    rows = (
        Resident.objects.filter(_hash_filter(text)).order_by("-pk").values_list("pk", flat=True)[:_MOST_ROWS]
    )
    people = family_of(rows)
    if not people:
        return []
    return list(_of(people, seen)[:limit])


_MOST_OF_A_FAMILY = 500
_SHOWN = ("station", "owner", "region", "speaker", "party")


def _hash_filter(text: str) -> Q:
    """The column whose hash this text would have."""
    try:
        return Q(id_hash=hashed("id_number", clean_id_number(text)))
    except Refused:
        pass
    try:
        return Q(phone_hash=hashed("phone", clean_phone(text)))
    except Refused:
        return Q(name_hash=hashed("name", text)) if text else Q(pk__in=[])


def _of(people: Iterable[int], cases: CaseQuerySet) -> CaseQuerySet:
    ids = list(people)
    # Theirs first, then what is visible of it: in one statement SQLite begins with the station's matters,
    # and reads a million of them for one telephone number.
    # And each role by its own index: of either at once it reads the whole table, the newest first.
    spoke = Case.objects.filter(speaker_id__in=ids).order_by().values("pk")
    about = Case.objects.filter(party_id__in=ids).order_by().values("pk")
    theirs = Case.objects.filter(pk__in=spoke.union(about)).order_by("-pk")
    mine = cases.filter(pk__in=list(theirs.values_list("pk", flat=True)[:_MOST_OF_A_FAMILY]))
    ordered: CaseQuerySet = mine.select_related(*_SHOWN).order_by("-opened_at", "-id")
    return ordered


def matters_of(resident: Resident, user: User, *, limit: int = _MOST_ROWS) -> list[Case]:
    """The person's visible matters on every channel, newest first."""
    return list(_of(family_of([resident.pk]), Case.objects.visible_to(user))[:limit])


@dataclass(frozen=True)
class Known:
    """A proposal, never a decision: somebody who may be the one that speaks now. Values are masked.

    `matched` says by what: "id_number", "phone_and_name", "phone". `cases` are those the user may see,
    `elsewhere` counts the others.
    """

    resident: Resident
    name: str
    phone: str
    matched: str
    cases: tuple[Case, ...]
    elsewhere: int


_STRENGTH = {"id_number": 0, "phone_and_name": 1, "phone": 2}


def known_people(
    *,
    phone: str = "",
    id_number: str = "",
    name: str = "",
    user: User | None = None,
    limit: int = 5,
    beside: Case | None = None,
) -> list[Known]:
    """Who has come before with this phone or ID number, best match first; six queries at most.

    `beside`: who speaks in this matter and whom it is about are not looked for.
    A name alone proposes nobody: too many people share one. Values that are not whole yet find nothing.
    """
    hashes = _typed(phone, id_number)
    if not hashes:
        return []
    rows = Resident.objects.filter(_any(hashes), erased_at=None)
    if beside is not None:
        rows = rows.exclude(pk__in=[pk for pk in (beside.speaker_id, beside.party_id) if pk])
    found: dict[int, tuple[str, Resident]] = {}
    for row in _with_whom_they_are(rows.order_by("-pk")[:_MOST_ROWS]):
        how, person = _how(row, hashes, hashed("name", name.strip())), canonical(row)
        if person.pk not in found or _STRENGTH[how] < _STRENGTH[found[person.pk][0]]:
            found[person.pk] = (how, person)
    best = sorted(found.values(), key=lambda pair: (_STRENGTH[pair[0]], -pair[1].pk))[:limit]
    return _with_matters(best, user) if best else []


def _with_whom_they_are(rows: QuerySet[Resident]) -> list[Resident]:
    """Mostly nobody, or nobody who was merged: the wide question is asked only where it has an answer."""
    found = list(rows)
    if any(row.merged_into_id for row in found):
        return list(rows.select_related("merged_into__merged_into"))
    return found


def _typed(phone: str, id_number: str) -> dict[str, str]:
    hashes = {}
    for column, what, text, clean in (
        ("phone_hash", "phone", phone, clean_phone),
        ("id_hash", "id_number", id_number, clean_id_number),
    ):
        try:
            hashes[column] = hashed(what, clean(text)) if text.strip() else ""
        except Refused:
            continue
    return {column: value for column, value in hashes.items() if value}


def _any(hashes: dict[str, str]) -> Q:
    either = Q(pk__in=[])
    for column, value in hashes.items():
        either |= Q(**{column: value})
    return either


def _how(row: Resident, hashes: dict[str, str], name_hash: str) -> str:
    if hashes.get("id_hash") and row.id_hash == hashes["id_hash"]:
        return "id_number"
    return "phone_and_name" if name_hash and row.name_hash == name_hash else "phone"


def _with_matters(people: list[tuple[str, Resident]], user: User | None) -> list[Known]:
    groups = {person.pk: family_of([person.pk]) for _how, person in people[:1]}
    groups |= {person.pk: {person.pk} for _how, person in people[1:]}
    everyone = set().union(*groups.values()) if groups else set()
    every = list(_of(everyone, Case.objects.all())[:200])
    seen = {case.pk for case in every}
    if user is not None:
        visible = Case.objects.visible_to(user).filter(pk__in=seen)
        seen = set(visible.values_list("pk", flat=True))
    known = []
    for how, person in people:
        theirs = [c for c in every if {c.speaker_id, c.party_id} & groups[person.pk]]
        shown = tuple(c for c in theirs if c.pk in seen)
        masked = mask_name(person.name), mask_phone(person.phone)
        known.append(Known(person, *masked, how, shown, len(theirs) - len(shown)))
    return known


def doubles_of(case: Case, user: User | None = None) -> list[Case]:
    """Matters that may be the same: same person or phone, same week. Proposed, never merged silently."""
    people = family_of(pk for pk in (case.speaker_id, case.party_id) if pk)
    if not people:
        return []
    # Not row against row: while the master key is exchanged one of them may carry the older hash.
    phones = {row.phone for row in Resident.objects.filter(pk__in=people).order_by("pk") if row.phone}
    hashes = [one for phone in sorted(phones) for one in hashed("phone", phone).every]
    same = Resident.objects.filter(Q(pk__in=people) | Q(phone_hash__in=hashes)).values("pk")
    cases = Case.objects.all() if user is None else Case.objects.visible_to(user)
    near = cases.filter(Q(speaker__in=same) | Q(party__in=same), **_week(case.opened_at))
    return list(
        near.exclude(pk=case.pk)
        .exclude(state=State.MERGED)
        .select_related(*_SHOWN)
        .order_by("-opened_at", "-id")[:20]
    )


def _week(at: datetime) -> dict[str, datetime]:
    return {"opened_at__gte": at - SAME_WEEK, "opened_at__lte": at + SAME_WEEK}
