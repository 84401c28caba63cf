"""What a matter brings with it, and the checks that every channel shares."""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel, MayBeTold, PhoneOf, Place, Purpose, Tell
from mingbai.core.checks import clean_id_number, clean_phone, clean_text
from mingbai.core.refused import Refused

CLOCK_SLACK = timedelta(minutes=5)
"""How far another system's clock may run before ours."""


@dataclass(frozen=True, slots=True)
class Person:
    """A name, a phone, an ID number: each may be missing, and all of them (anonymous consultation)."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    phone_of: str = PhoneOf.OWN

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.id_number)


@dataclass(frozen=True, slots=True)
class Intake:
    """A matter as it comes in. `region` is where it happened or is heard (12 digits), "" when unknown.

    `idempotency_key` makes a repeated sending give the same number within one `source`. `keep_at` is the
    station code of a clerk who keeps the matter; `worker_id` the register row of the one who takes it up.
    `resident_id` is a known person that the clerk chose; nobody is ever linked silently.
    """

    kind: str
    channel: str
    text: str
    region: str = ""
    place: str = Place.KNOWN
    place_text: str = ""
    speaker: Person = field(default_factory=Person)
    party: Person = field(default_factory=Person)
    resident_id: int | None = None
    may_be_told: str = MayBeTold.SPEAKER
    tell_by: str = ""
    is_urgent: bool = False
    is_wage: bool = False
    is_confidential: bool = False
    is_instant: bool = False
    happened_at: datetime | None = None
    partner_id: int | None = None
    partner_number: str = ""
    consents: tuple[Purpose, ...] = ()
    source: str = ""
    idempotency_key: str = ""
    body_hash: str = ""
    keep_at: str = ""
    worker_id: int | None = None
    opened_at: datetime | None = None
    stage: str = ""
    """Only where no line leads the kind by stages: which of its rules of time hold (an opinion: proposal)."""
    imported_from: str = ""
    ended_at: datetime | None = None
    """Only for what a ledger tells of the past: an ended matter runs no clock and sends no notice."""


def checked(
    intake: Intake, *, kinds: Container[str], regions: Container[str], stations: Container[str], now: datetime
) -> Intake:
    """The intake with clean values, or Refused: "unknown_kind", "unknown_region", "bad_time", "bad_phone" …

    A place outside or unknown needs no region; a known one does.
    """
    if intake.kind not in kinds:
        raise Refused(
            _("没有“%(kind)s”这类业务。") % {"kind": intake.kind[:20]}, code="unknown_kind", field="kind"
        )
    if intake.channel not in Channel.values:
        raise Refused(_("没有这个渠道。"), code="unknown_channel", field="channel")
    if intake.keep_at and intake.keep_at not in stations:
        raise Refused(_("没有这个站点。"), code="unknown_station", field="station")
    _choices(intake)
    return replace(
        intake,
        text=clean_text(intake.text),
        region=_region(intake, regions),
        place_text=_optional(intake.place_text, 500, "place_text"),
        partner_number=_optional(intake.partner_number, 64, "partner_number"),
        speaker=clean_person(intake.speaker),
        party=clean_person(intake.party),
        tell_by=intake.tell_by or (Tell.PARTNER if intake.channel == Channel.PARTNER else ""),
        happened_at=_past(intake.happened_at, now, "happened_at"),
        opened_at=_past(intake.opened_at, now, "opened_at"),
        source=intake.source or intake.channel,
    )


def _choices(intake: Intake) -> None:
    """Raises Refused "bad_choice" for a value that no form offers."""
    for name, value, allowed in (
        ("place", intake.place, Place.values),
        ("may_be_told", intake.may_be_told, MayBeTold.values),
        ("tell_by", intake.tell_by or Tell.PHONE, Tell.values),
        ("phone_of", intake.speaker.phone_of, PhoneOf.values),
        ("phone_of", intake.party.phone_of, PhoneOf.values),
    ):
        if value not in allowed:
            raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field=name)
    if any(purpose not in Purpose.values for purpose in intake.consents):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="consents")


def clean_person(person: Person) -> Person:
    """The person with checked values. Raises Refused "bad_phone", "bad_id_number", "text_too_long"."""
    return Person(
        name=_optional(person.name, 64, "name"),
        phone=clean_phone(person.phone) if person.phone.strip() else "",
        id_number=clean_id_number(person.id_number) if person.id_number.strip() else "",
        phone_of=person.phone_of,
    )


def _optional(text: str, most: int, name: str) -> str:
    return clean_text(text, most=most, field=name) if text.strip() else ""


def _region(intake: Intake, regions: object) -> str:
    if intake.place != Place.KNOWN:
        return ""
    if intake.region not in regions:  # type: ignore[operator]
        raise Refused(_("没有这个地区。请重新选择，或选“我不清楚”。"), code="unknown_region", field="region")
    return intake.region


def _past(at: datetime | None, now: datetime, name: str) -> datetime | None:
    if at and at > now + CLOCK_SLACK:
        raise Refused(_("发生时间不能在将来。"), code="bad_time", field=name)
    if at and at.year < 1900:
        raise Refused(_("发生时间不对，请核对年份。"), code="bad_time", field=name)
    return at
