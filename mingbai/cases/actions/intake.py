"""Opening a matter: the one way in for every channel."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import disk_full, is_disk_full
from mingbai.cases.actions._tell import notify_received
from mingbai.cases.actions._warn import cards_of, tell_at_once
from mingbai.cases.enums import Event, State, Tell, WaitingOn
from mingbai.cases.kinds import KINDS, line_work
from mingbai.cases.models import Case, Clock, Consent, Resident, RiskCard, Submission
from mingbai.cases.queries import Books, books, hashed, reasons_of
from mingbai.cases.rules.intake import Intake, Person, checked
from mingbai.cases.rules.routing import Request, Route, route
from mingbai.cases.rules.stages import stage_after
from mingbai.core.actor import Actor
from mingbai.core.checks import last4
from mingbai.core.crypto import sm3
from mingbai.core.numbers import new_follow_code, new_number
from mingbai.core.refused import Refused
from mingbai.journal.actions import write

NOTICE_VERSION = "2026-11"
"""The version of the privacy notice that a consent refers to (templates/public/privacy.html)."""
_SUMMARY = 60
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """The matter, the reasons of its routing, and the follow code where there is no phone."""

    case: Case
    reasons: tuple[str, ...]
    is_new: bool
    follow_code: str = ""


@dataclass
class _Draft:
    """Every row of a matter, encrypted and routed before the database is touched."""

    case: Case
    people: list[Resident]
    clocks: list[Clock]
    submission: Submission
    consents: list[Consent]
    cards: list[RiskCard]
    entry: dict[str, Any]
    reasons: tuple[str, ...]
    phone: str = field(repr=False)


def open_case(*, by: Actor, intake: Intake) -> Opened:
    """Open a matter, or return the one this submission opened before.

    The number is given only after the commit. Raises Refused: those of `rules.intake.checked`; "key_reused"
    where the idempotency key or the partner's number came before with another content; "disk_full".
    """
    now, book = timezone.now(), books()
    clean = checked(
        intake, kinds=set(KINDS.codes()), regions=book.places.regions, stations=book.places.stations, now=now
    )
    if clean.opened_at and (found := _known(clean)):
        return found  # what waited on a phone or stands in a file comes again and again
    known = _chosen(clean)
    at = clean.opened_at or now
    decided = _station(clean, at, book)
    for _attempt in range(_TRIES):
        draft = _draft(clean, decided, known, at, now, book)
        try:
            with transaction.atomic():
                return _write(draft, by)
        except IntegrityError:
            # The same submission came before, or at this very moment; or the random number was taken.
            if found := _known(clean):
                return found
        except OperationalError as error:
            if is_disk_full(error):
                raise disk_full() from error
            raise
    raise RuntimeError("no free case number")


def _known(intake: Intake) -> Opened | None:
    """What this submission opened before. Raises Refused "key_reused" for another content."""
    if intake.idempotency_key:
        found = (
            Submission.objects.select_related("case__station")
            .filter(source=intake.source, key_hash=_key_hash(intake))
            .first()
        )
        if found is not None and found.body_hash == intake.body_hash:
            return Opened(found.case, reasons_of(found.case), False, found.case.follow_code)
        if found is not None:
            raise Refused(_("这个提交编号已经用过，内容却不一样。"), code="key_reused")
    numbered = Case.objects.filter(partner=intake.partner_id, partner_number=intake.partner_number)
    if intake.partner_number and intake.partner_id and numbered.exists():
        raise Refused(_("这个来源编号已经登记过。"), code="key_reused", field="partner_number")
    return None


def _key_hash(intake: Intake) -> str:
    return sm3(intake.idempotency_key.encode(errors="surrogatepass"))


def _chosen(intake: Intake) -> Resident | None:
    """The known person whom the clerk chose."""
    if intake.resident_id is None:
        return None
    found = Resident.objects.filter(pk=intake.resident_id, erased_at=None).first()
    if found is None:
        raise Refused(_("没有找到所选的群众档案，请重新选择。"), code="unknown_resident", field="resident")
    return found


def _station(intake: Intake, at: datetime, book: Books) -> Route:
    if intake.keep_at:
        with translation.override(settings.LANGUAGE_CODE):
            return Route(intake.keep_at, (_("登记的站点自己办理"),))
    request = Request(
        kind=intake.kind,
        line=KINDS.get(intake.kind).line,
        channel=intake.channel,
        place=intake.place,
        region=intake.region,
        is_urgent=intake.is_urgent,
        at=timezone.localtime(at),
    )
    # The reasons are kept in the history: in the house's language, whoever asks.
    with translation.override(settings.LANGUAGE_CODE):
        return route(request, book.places, book.staffing, book.rules.routes, settings.CITY_CODE)


def _draft(
    intake: Intake, decided: Route, known: Resident | None, at: datetime, now: datetime, book: Books
) -> _Draft:
    speaker = known or _resident(intake.speaker, at)
    party = _resident(intake.party, at) or speaker
    case = _case(intake, decided, at, speaker, party, book)
    # What a ledger tells of the past runs no clock; what it leaves open gets its clocks from the import.
    starts = now if intake.imported_from else at
    clocks = [] if intake.ended_at else list(_clocks(case, starts, book))
    case.due_at = _clockwork.earliest(clocks)
    # What a ledger tells of the past warns of nothing any more.
    cards = [] if intake.ended_at else cards_of(case, intake.text, at)
    case.at_risk = bool(cards)
    return _Draft(
        case=case,
        people=[one for one in _distinct(speaker, party) if one.pk is None],
        clocks=clocks,
        submission=_submission(case, intake, at),
        consents=[
            Consent(case=case, purpose=purpose, notice_version=NOTICE_VERSION, given_at=at)
            for purpose in dict.fromkeys(intake.consents)
        ],
        cards=cards,
        entry=_entry(case, intake, decided, [card.risk for card in cards]),
        reasons=decided.reasons,
        phone=intake.speaker.phone or (known.phone if known else ""),
    )


def _distinct(speaker: Resident | None, party: Resident | None) -> list[Resident]:
    """One person who is both is written once."""
    both = [speaker, party] if party is not speaker else [speaker]
    return [one for one in both if one is not None]


def _write(draft: _Draft, by: Actor) -> Opened:
    """Only inserts: a new matter is written without reading anything."""
    case = draft.case
    for resident in draft.people:
        resident.save(force_insert=True)
    case.save(force_insert=True)
    Clock.objects.bulk_create(draft.clocks)
    draft.submission.save(force_insert=True)
    if draft.consents:
        Consent.objects.bulk_create(draft.consents)
    if draft.cards:
        RiskCard.objects.bulk_create(draft.cards)
    write(
        chain=case.chain,
        verb="case.opened",
        by=by,
        place=case.station_id,
        at=case.opened_at,
        is_new=True,
        data=draft.entry,
    )
    line_work(case.kind).on_open(case=case, by=by)
    notify_received(case=case, phone=draft.phone, by=by)
    tell_at_once(case, draft.cards, by)
    return Opened(case, draft.reasons, True, case.follow_code)


def _resident(person: Person, at: datetime) -> Resident | None:
    """A new person; that they are known already is proposed on the case page, never decided silently."""
    if not person:
        return None
    resident = Resident(
        phone_of=person.phone_of,
        name_hash=hashed("name", person.name),
        phone_hash=hashed("phone", person.phone),
        id_hash=hashed("id_number", person.id_number),
        created_at=at,
    )
    resident.name, resident.phone, resident.id_number = person.name, person.phone, person.id_number
    return resident


def _case(
    intake: Intake,
    decided: Route,
    at: datetime,
    speaker: Resident | None,
    party: Resident | None,
    book: Books,
) -> Case:
    can_follow = any(last4(one.phone) for one in (speaker, party) if one)
    case = Case(
        kind=intake.kind,
        channel=intake.channel,
        partner_id=intake.partner_id,
        partner_number=intake.partner_number,
        imported_from=intake.imported_from,
        place=intake.place,
        region_id=intake.region or None,
        is_urgent=intake.is_urgent,
        is_wage=intake.is_wage,
        is_confidential=intake.is_confidential,
        is_instant=intake.is_instant,
        speaker=speaker,
        party=party,
        may_be_told=intake.may_be_told,
        tell_by=intake.tell_by or (Tell.PHONE if can_follow else Tell.FOLLOW),
        happened_at=intake.happened_at,
    )
    case.text, case.place_text = intake.text, intake.place_text
    case.summary = " ".join(intake.text[: _SUMMARY * 2].split())[:_SUMMARY]
    case.follow_code = "" if can_follow or intake.ended_at else new_follow_code()
    _owned(case, intake, decided, book)
    _dated(case, intake, at)
    return case


def _owned(case: Case, intake: Intake, decided: Route, book: Books) -> None:
    """Exactly one station, and at most one person."""
    home = book.places.stations[decided.station].region
    case.city, case.county = book.places.city_of(home), book.places.county_of(home)
    case.station_id, case.owner_id = decided.station, intake.worker_id


def _dated(case: Case, intake: Intake, at: datetime) -> None:
    """Number, times and the state it begins in; a ledger's ended matter begins closed."""
    local, ended = timezone.localtime(at), intake.ended_at
    case.number = new_number(local.year)
    case.opened_at, case.month = at, local.year * 100 + local.month
    case.answered_at = case.closed_at = ended
    if ended:
        case.state, case.waiting_on, case.accepted_at = State.CLOSED, WaitingOn.NOBODY, ended
    elif intake.worker_id and not KINDS.get(intake.kind).is_formal:
        case.state, case.accepted_at = State.ACCEPTED, at
    if not ended:  # what a ledger tells of the past was worked elsewhere
        case.stage = stage_after(line_work(case.kind).stages, intake.stage, case.state)


def _clocks(case: Case, starts: datetime, book: Books) -> Iterator[Clock]:
    stopped = [Event.TAKEN_UP] if case.owner_id else []
    if case.accepted_at:
        stopped.append(Event.ACCEPTED)
        yield from _clockwork.build(case, Event.ACCEPTED, starts, book)
    yield from _clockwork.build(case, Event.OPENED, starts, book, unless_stops=stopped)


def _submission(case: Case, intake: Intake, at: datetime) -> Submission:
    return Submission(
        source=intake.source,
        key_hash=_key_hash(intake) if intake.idempotency_key else secrets.token_hex(16),
        body_hash=intake.body_hash,
        case=case,
        at=at,
    )


def _entry(case: Case, intake: Intake, decided: Route, risks: list[str]) -> dict[str, Any]:
    """What the first entry of the matter's history says; the text only by the digest of its sealed form."""
    entry: dict[str, Any] = {
        "kind": case.kind,
        "channel": case.channel,
        "region": intake.region,
        "station": decided.station,
        "state": case.state,
        "reasons": list(decided.reasons),
        "text": sm3(bytes(case.text_sealed)),
        "due": case.due_at.isoformat() if case.due_at else None,
    }
    if risks:
        entry["risks"] = risks
    if intake.imported_from:
        entry["imported_from"] = intake.imported_from
    return entry
