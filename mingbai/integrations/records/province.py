"""Work orders to and from a system that takes them in sets: the provincial net, as files or over its address.

What the line of an endpoint holds (partners.actions.queue) goes out in its order, a set at a time; the next
set is made when the last one arrived. What comes in is said through `take_in` and `hear`, as by the API: the
same order, the same word again changes nothing.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel, Place
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.crypto import sm3
from mingbai.core.refused import Refused
from mingbai.integrations.models import Delivery, Endpoint, RecordSet, SetState
from mingbai.integrations.partners.actions import Said, hear, take_in
from mingbai.integrations.partners.enums import DeliveryState, Direction, Way
from mingbai.integrations.partners.queries import order_of
from mingbai.integrations.records import wire
from mingbai.integrations.records.actions import make_set, mark_sent, take_set
from mingbai.integrations.records.queries import codes_of, packed
from mingbai.integrations.records.rules import Column, Gap, Packed, noted, outward
from mingbai.notices.transports import Undeliverable, Unsure
from mingbai.people.models import Partner

OFFER = "offer"
MOST = 500
COLUMNS = (
    Column("verb", "verb", needed=True),
    Column("their_number"),
    Column("number"),
    Column("seq"),
    Column("state", "state"),
    Column("kind", "kind"),
    Column("region", "region"),
    Column("text"),
    Column("name"),
    Column("phone"),
    Column("on"),
    Column("happy", "yes_no"),
)
Post = Callable[[Endpoint, Packed], None]
"""Hands a set over; raises OSError, Unsure or Undeliverable when it did not arrive for certain."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the next set would hold, in their columns and codes; `gaps` by record."""

    records: tuple[dict[str, str], ...]
    gaps: tuple[tuple[Gap, ...], ...]


def waiting(endpoint: Endpoint) -> list[Delivery]:
    """The next set's messages, oldest first."""
    return list(endpoint.deliveries.filter(state=DeliveryState.QUEUED).order_by("seq")[:MOST])


def record_of(row: Delivery) -> dict[str, str]:
    """A message of the line as a record."""
    body: dict[str, Any] = json.loads(row.body)
    body.setdefault("verb", OFFER)
    made = {column.own: str(body[column.own]) for column in COLUMNS if body.get(column.own) not in (None, "")}
    return made | {"happy": "yes" if body.get("happy") else ""}


def trial(endpoint: Endpoint) -> Trial:
    """A dry run: reads, and changes nothing."""
    codes = codes_of(endpoint.code)
    mapped = [outward(record_of(row), COLUMNS, codes) for row in waiting(endpoint)]
    return Trial(tuple(made for made, _gaps in mapped), tuple(tuple(gaps) for _made, gaps in mapped))


# ── out ──


def push(*, by: Actor, endpoint: Endpoint, post: Post | None = None) -> list[RecordSet]:
    """Send all that waits, set by set; a set that does not arrive stops the rest and goes first next time."""
    done: list[RecordSet] = []
    while (row := _next(by, endpoint)) is not None:
        done.append(_sent(by, endpoint, row, post or handed_over))
        if done[-1].state != SetState.SENT:
            break
    return done


@transaction.atomic
def _next(by: Actor, endpoint: Endpoint) -> RecordSet | None:
    """The set that has not arrived yet, else a new one of what waits, else None."""
    held = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    sets = RecordSet.objects.filter(system=held.code, direction=Direction.OUT)
    if unsent := sets.filter(state=SetState.MADE).order_by("id").first():
        return unsent
    rows = waiting(held)
    if not rows:
        return None
    return make_set(
        by=by,
        system=held.code,
        number=f"{held.code}-{rows[0].seq}-{rows[-1].seq}",
        records=[record_of(row) for row in rows],
        columns=COLUMNS,
        about=[row.about for row in rows],
    )


def _sent(by: Actor, endpoint: Endpoint, row: RecordSet, post: Post) -> RecordSet:
    error = ""
    try:
        post(endpoint, packed(row))
    except (OSError, Unsure, Undeliverable) as broken:
        error = f"{type(broken).__name__}: {broken}"
    with transaction.atomic():
        row = mark_sent(by=by, row=row, error=error)
        Endpoint.objects.filter(pk=endpoint.pk).update(error=error[:300])
        if not error:
            first, last = row.number.removeprefix(f"{endpoint.code}-").split("-")
            gone = endpoint.deliveries.filter(state=DeliveryState.QUEUED, seq__gte=first, seq__lte=last)
            gone.update(state=DeliveryState.SENT, sent_at=timezone.now())
    return row


def repeat(*, by: Actor, endpoint: Endpoint, number: str, post: Post | None = None) -> RecordSet:
    """Send a set once more as it was, byte by byte. Raises Refused "no_set", "set_gone"."""
    sets = RecordSet.objects.filter(system=endpoint.code, direction=Direction.OUT)
    row = sets.filter(number=number).first()
    if row is None:
        raise Refused(_("没有这一批。"), code="no_set")
    if not row.table:
        raise Refused(_("这批已经过了保存期，不能再送。"), code="set_gone")
    return _sent(by, endpoint, row, post or handed_over)


# ── in ──


def take(*, by: Actor, endpoint: Endpoint, came: Packed) -> RecordSet:
    """A set of theirs. Raises Refused as `take_set` does."""
    return take_set(by=by, system=endpoint.code, came=came, columns=COLUMNS, land=landing(endpoint))


def landing(endpoint: Endpoint) -> Callable[[dict[str, str]], tuple[bool, str]]:
    """Takes one record of this partner."""
    partner = endpoint.partner
    assert partner is not None

    def land(record: dict[str, str]) -> tuple[bool, str]:
        return _offered(partner, record) if record["verb"] == OFFER else _said(partner, record)

    return land


def _offered(partner: Partner, record: dict[str, str]) -> tuple[bool, str]:
    intake = Intake(
        kind=record["kind"] or "consultation",
        channel=Channel.PARTNER,
        text=record["text"],
        region=record["region"],
        place=Place.KNOWN if record["region"] else Place.UNKNOWN,
        speaker=Person(record["name"], record["phone"]),
        partner_number=record["their_number"],
        body_hash=_digest(record),
    )
    _order, opened = take_in(by=partner.actor, partner=partner, intake=intake)
    return opened.is_new, opened.case.chain


def _digest(record: dict[str, str]) -> str:
    told = [record[name] for name in ("kind", "text", "region", "name", "phone")]
    return sm3("\x1f".join(told).encode(errors="surrogatepass"))


def _said(partner: Partner, record: dict[str, str]) -> tuple[bool, str]:
    order = order_of(partner, record["their_number"]) or order_of(partner, record["number"])
    if order is None:
        raise Refused(_("没有这个工单。"), code="not_found")
    seq, on = _whole(record["seq"], "seq"), _whole(record["on"] or "0", "on")
    said = Said(seq, record["verb"], record["text"], on, record["happy"] == "yes")
    before = order.last_in
    order = hear(by=partner.actor, order=order, said=said, their_number=record["their_number"])
    return order.last_in != before, order.case.chain


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Refused(_("“%(name)s”不是数字。") % {"name": name}, code="bad_number")
    return int(text)


# ── folders and addresses ──


def exchange_all() -> int:
    """Push and pull for every endpoint of sets; return how many moved. One that is away stops no other."""
    moved = 0
    for endpoint in Endpoint.objects.live().filter(way=Way.SETS).exclude(partner=None).order_by("id"):
        moved += sum(row.state == SetState.SENT for row in push(by=SYSTEM, endpoint=endpoint))
        moved += sum(isinstance(row, RecordSet) for _name, row in pull(by=SYSTEM, endpoint=endpoint))
    return moved


def pull(*, by: Actor, endpoint: Endpoint) -> list[tuple[str, RecordSet | Refused]]:
    """What they have for us: by name what was taken, or why not. An address that is away is noted."""
    if not endpoint.url:
        return read_folder(by=by, endpoint=endpoint)
    try:
        return wire.fetch(endpoint, lambda came: take(by=by, endpoint=endpoint, came=came))
    except (OSError, Unsure, Undeliverable) as error:
        Endpoint.objects.filter(pk=endpoint.pk).update(error=f"{type(error).__name__}: {error}"[:300])
        return []


def folder(endpoint: Endpoint, way: str) -> Path:
    """Where sets lie that go out, have come, or were taken: exchange/<code>/out, in, done."""
    path = Path(settings.MINGBAI_DATA) / "exchange" / endpoint.code / way
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def handed_over(endpoint: Endpoint, packed_: Packed) -> None:
    """To their address where there is one, else into the folder that somebody carries."""
    if endpoint.url:
        wire.post_set(endpoint, packed_)
    else:
        write_set(folder(endpoint, "out"), packed_)


def write_set(place: Path, packed_: Packed) -> None:
    """The table first, the note last: who finds a note finds the whole set."""
    for name, content in ((f"{packed_.number}.csv", packed_.table), (f"{packed_.number}.json", packed_.note)):
        half = place / f".{name}.part"
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(place / name)


def read_folder(*, by: Actor, endpoint: Endpoint) -> list[tuple[str, RecordSet | Refused]]:
    """Take every set whose note lies in the folder; what was taken moves to done, what was refused stays."""
    found: list[tuple[str, RecordSet | Refused]] = []
    for path in sorted(folder(endpoint, "in").glob("*.json")):
        try:
            row = take(by=by, endpoint=endpoint, came=_came(path))
        except Refused as refused:
            found.append((path.stem, refused))
            continue
        for part in (path.with_suffix(".csv"), path):
            part.replace(folder(endpoint, "done") / part.name)
        found.append((path.stem, row))
    return found


def _came(note: Path) -> Packed:
    """The set of a note. Raises Refused "broken_set" where its table is missing or the note is none."""
    table = note.with_suffix(".csv")
    said = noted(note.read_bytes())
    if said["set"] != note.stem or not table.is_file():
        raise Refused(_("这批缺文件，一条也没有收。"), code="broken_set")
    return Packed(note.stem, table.read_bytes(), note.read_bytes())
