"""Opening a matter: the one way in for every channel."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions.notices import notify_received
from mingbai.cases.enums import Channel, Event, State, WaitingOn
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, Clock, Consent, Resident, Submission
from mingbai.cases.queries import rulebook
from mingbai.cases.rules.intake import Intake, Person, checked
from mingbai.cases.rules.routing import Request, Route, route
from mingbai.core.actor import Actor
from mingbai.core.checks import last4
from mingbai.core.crypto import keyed_hash, sm3
from mingbai.core.numbers import new_follow_code, new_number
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.journal.models import Entry
from mingbai.people.queries import staffing
from mingbai.places.queries import register

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


def open_case(*, by: Actor, intake: Intake) -> Opened:
    """Open a matter, or return the one this submission opened before.

    The number is given only after the commit. Raises Refused: those of `rules.intake.checked`, and "key_reused"
    where the idempotency key came before with another content.
    """
    now = timezone.now()
    places = register()
    clean = checked(intake, kinds=set(KINDS.codes()), regions=places.regions, now=now)
    at = clean.opened_at or now
    decided = _station(clean, at)
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _known(clean) or _write(by, clean, decided, at)
        except IntegrityError:
            # Two of the same submission at once: the other has won; or the random number was taken.
            if found := _known(clean):
                return found
    raise RuntimeError("no free case number")


def _known(intake: Intake) -> Opened | None:
    """What this idempotency key opened before. Raises Refused "key_reused" for another content."""
    if not intake.idempotency_key:
        return None
    found = (
        Submission.objects.select_related("case__station")
        .filter(source=intake.source, key_hash=_key_hash(intake))
        .first()
    )
    if found is None:
        return None
    if found.body_hash != intake.body_hash:
        raise Refused(_("这个提交编号已经用过，内容却不一样。"), code="key_reused")
    return Opened(found.case, reasons_of(found.case), False, found.case.follow_code)


def reasons_of(case: Case) -> tuple[str, ...]:
    """The reasons of the routing, as the first entry of the matter's history holds them."""
    first = Entry.objects.filter(chain=case.chain, seq=1).values_list("data", flat=True).first()
    return tuple(json.loads(first).get("reasons", ())) if first else ()


def _key_hash(intake: Intake) -> str:
    return sm3(intake.idempotency_key.encode())


def _station(intake: Intake, at: datetime) -> Route:
    places = register()
    if intake.keep_at:
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
    return route(request, places, staffing(), rulebook().routes, settings.CITY_CODE)


def _write(by: Actor, intake: Intake, decided: Route, at: datetime) -> Opened:
    speaker = _speaker(intake, at)
    party = _resident(intake.party, at) if intake.party else speaker
    case = _case(intake, decided, at, speaker, party)
    clocks = [] if intake.ended_at else list(_clocks(case, intake, at))
    case.due_at = _clockwork.earliest(clocks)
    case.save(force_insert=True)
    Clock.objects.bulk_create(clocks)
    _submission(case, intake, at)
    if intake.consents:
        Consent.objects.bulk_create(
            Consent(case=case, purpose=purpose, notice_version=NOTICE_VERSION, given_at=at)
            for purpose in intake.consents
        )
    _journal(case, by, intake, decided, at)
    KINDS.get(case.kind).on_open(case=case, by=by)
    if not intake.imported_from:
        notify_received(case=case, phone=intake.speaker.phone, by=by)
    return Opened(case, decided.reasons, True, case.follow_code)


def _speaker(intake: Intake, at: datetime) -> Resident | None:
    if intake.resident_id:
        return Resident.objects.get(pk=intake.resident_id)
    return _resident(intake.speaker, at)


def _resident(person: Person, at: datetime) -> Resident | None:
    """A new person; that they are known already is proposed on the case page, never decided silently."""
    if not person:
        return None
    resident = Resident(
        name=person.name,
        phone=person.phone,
        id_number=person.id_number,
        phone_of=person.phone_of,
        name_hash=hashed("name", person.name),
        phone_hash=hashed("phone", person.phone),
        id_hash=hashed("id_number", person.id_number),
        created_at=at,
    )
    resident.save(force_insert=True)
    return resident


def hashed(what: str, value: str) -> str:
    """The keyed hash by which a resident is found again, "" for nothing."""
    return keyed_hash(value, what=f"resident.{what}") if value else ""


def _case(
    intake: Intake, decided: Route, at: datetime, speaker: Resident | None, party: Resident | None
) -> Case:
    places, local = register(), timezone.localtime(at)
    home = places.stations[decided.station].region
    can_follow = bool(intake.speaker.phone and last4(intake.speaker.phone)) or intake.resident_id
    ended = intake.ended_at
    return Case(
        number=new_number(local.year),
        kind=intake.kind,
        state=State.CLOSED if ended else (State.ACCEPTED if intake.worker_id else State.RECEIVED),
        channel=intake.channel,
        partner_id=intake.partner_id,
        partner_number=intake.partner_number,
        imported_from=intake.imported_from,
        place=intake.place,
        region_id=intake.region or None,
        city=places.city_of(home),
        county=places.county_of(home),
        station_id=decided.station,
        owner_id=intake.worker_id,
        waiting_on=WaitingOn.NOBODY if ended else WaitingOn.STATION,
        is_urgent=intake.is_urgent,
        is_wage=intake.is_wage,
        is_confidential=intake.is_confidential,
        text=intake.text,
        summary=" ".join(intake.text[: _SUMMARY * 2].split())[:_SUMMARY],
        place_text=intake.place_text,
        follow_code="" if can_follow or intake.channel == Channel.PARTNER and ended else new_follow_code(),
        speaker=speaker,
        party=party,
        may_be_told=intake.may_be_told,
        tell_by=intake.tell_by,
        opened_at=at,
        month=local.year * 100 + local.month,
        happened_at=intake.happened_at,
        closed_at=ended,
        answered_at=ended,
    )


def _clocks(case: Case, intake: Intake, at: datetime) -> Iterator[Clock]:
    taken = (Event.TAKEN_UP,) if intake.worker_id else ()
    # An open matter of an imported ledger gets its clock from the import, not from a past year.
    starts = timezone.now() if intake.imported_from else at
    yield from _clockwork.build(case, Event.OPENED, starts, unless_stops=taken)
    if intake.worker_id:
        yield from _clockwork.build(case, Event.ACCEPTED, starts)


def _submission(case: Case, intake: Intake, at: datetime) -> None:
    Submission.objects.bulk_create(
        [
            Submission(
                source=intake.source or intake.channel,
                key_hash=_key_hash(intake) if intake.idempotency_key else secrets.token_hex(16),
                body_hash=intake.body_hash,
                case=case,
                at=at,
            )
        ]
    )


def _journal(case: Case, by: Actor, intake: Intake, decided: Route, at: datetime) -> None:
    write(
        chain=case.chain,
        verb="case.opened",
        by=by,
        place=case.station_id,
        at=at,
        is_new=True,
        data={
            "kind": case.kind,
            "channel": case.channel,
            "region": intake.region,
            "station": decided.station,
            "reasons": list(decided.reasons),
            "text": sm3(bytes(case.text_sealed)),
            "due": case.due_at.isoformat() if case.due_at else None,
            **({"imported_from": intake.imported_from} if intake.imported_from else {}),
        },
    )
