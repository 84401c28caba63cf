"""What is written down at a stand, and checks of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mingbai.cases.enums import PhoneOf
from mingbai.cases.rules.intake import Person, clean_person
from mingbai.core.checks import clean_text
from mingbai.core.crypto import sm3
from mingbai.core.refused import Refused
from mingbai.servicedays.enums import RecordFlag, RecordKind

MOST_SHEETS = 10_000
OLDEST_NOTE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Jotting:
    """One record of a stand. `day` is the service day's id; `need` the id of the need that it serves.

    `text` is what was asked, `answer` what was said (a consultation needs both); `worker` the code of who
    did it; `at` when, by the phone's clock. `client_key` makes a repeated sending the same record.
    """

    day: int
    kind: str
    name: str = ""
    phone: str = ""
    phone_of: str = PhoneOf.OWN
    text: str = ""
    answer: str = ""
    laws: tuple[str, ...] = ()
    need: int | None = None
    worker: str = ""
    guides: int = 0
    posters: int = 0
    client_key: str = ""
    at: datetime | None = None

    @property
    def digest(self) -> str:
        """Of the content, by which another content under the same key is noticed."""
        parts = (
            self.day, self.kind, self.name, self.phone, self.text, self.answer, self.laws, self.need,
            self.worker, self.guides, self.posters,
        )  # fmt: skip
        return sm3("\x1f".join(map(str, parts)).encode(errors="surrogatepass"))

    @property
    def person(self) -> Person:
        return Person(name=self.name, phone=self.phone, phone_of=self.phone_of)


def checked(note: Jotting, now: datetime) -> Jotting:
    """The record with clean values. Raises Refused "unknown_kind", "bad_count", "empty_text", "bad_phone",
    "bad_key" and "empty_record"."""
    if note.kind not in RecordKind.values:
        raise Refused(_("请选择办了什么。"), code="unknown_kind", field="kind")
    if len(note.client_key) > 64:
        raise Refused(_("客户端编号太长。"), code="bad_key", field="client_key")
    if note.phone_of not in PhoneOf.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="phone_of")
    at = _plausible(note.at, now)
    if note.kind == RecordKind.MATERIALS:
        return replace(_materials(note), at=at)
    person = clean_person(note.person)
    return replace(
        note,
        name=person.name,
        phone=person.phone,
        text=clean_text(note.text),
        answer=clean_text(note.answer, field="answer") if _needs_answer(note) else "",
        guides=0,
        posters=0,
        at=at,
    )


def _needs_answer(note: Jotting) -> bool:
    return note.kind == RecordKind.CONSULTATION


def _plausible(at: datetime | None, now: datetime) -> datetime:
    """When it happened; a phone whose clock is far off is not believed, but its record is kept."""
    return at if at is not None and now - OLDEST_NOTE <= at <= now else now


def _materials(note: Jotting) -> Jotting:
    for name in ("guides", "posters"):
        count = getattr(note, name)
        if isinstance(count, bool) or not 0 <= count <= MOST_SHEETS:
            words = {"most": MOST_SHEETS}
            raise Refused(_("份数为 0 到 %(most)d。") % words, code="bad_count", field=name)
    if not note.guides + note.posters:
        raise Refused(_("请填发了几份。"), code="empty_record", field="guides")
    return Jotting(
        day=note.day, kind=note.kind, worker=note.worker, guides=note.guides, posters=note.posters,
        client_key=note.client_key,
    )  # fmt: skip


def flag_of(day_state: str) -> RecordFlag:
    """What should be looked at: the record of a day that was cancelled, or had been closed before."""
    return {"cancelled": RecordFlag.CANCELLED_DAY, "held": RecordFlag.CLOSED_DAY}.get(
        day_state, RecordFlag.NONE
    )


PLACEHOLDER = "（台账未记诉求）"
"""Stands for the words that a ledger did not write down."""
