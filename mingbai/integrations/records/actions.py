"""Codes of another system are entered; sets go out and come in, each logged with what became of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.integrations.models import ExternalCode, RecordSet, SetState
from mingbai.integrations.partners.enums import Direction
from mingbai.integrations.records.queries import codes_of, packed
from mingbai.integrations.records.rules import Column, Packed, Record, inward, outward, pack, unpack
from mingbai.journal.actions import write

KEPT = timedelta(days=180)
"""So long a set can be sent or read once more."""
_MOST_NAMED = 50

Land = Callable[[dict[str, str]], tuple[bool, str]]
"""Takes one record in our columns and codes; gives whether anything is new, and the chain of the matter that
it is about ("" for none). Raises Refused. A record that comes again must change nothing: a set that was
broken off is read from its beginning."""


@transaction.atomic
def set_code(
    *, by: Actor, system: str, table: str, own: str, code: str, name: str = "", reads: bool = True
) -> ExternalCode | None:
    """Enter what they call one of our values; without a code the row goes.

    Raises Refused "code_taken" where theirs is read as another of ours already: then this one does not read.
    """
    own = clean_text(own, most=64, field="own")
    said = {"table": table, "own": own, "code": code.strip()[:64]}
    write(chain=f"codes:{system}", verb="codes.set", by=by, data=said)
    if not code.strip():
        ExternalCode.objects.filter(system=system, table=table, own=own).delete()
        return None
    code = clean_text(code, most=64, field="code")
    same = ExternalCode.objects.filter(system=system, table=table, code=code, reads=True).exclude(own=own)
    if reads and same.exists():
        raise Refused(_("对方的这个代码已经读成另一项。"), code="code_taken", field="code")
    row, _is_new = ExternalCode.objects.update_or_create(
        system=system,
        table=table,
        own=own,
        defaults={"code": code, "name": name.strip()[:128], "reads": reads},
    )
    return row


# ── out ──


@transaction.atomic
def make_set(
    *,
    by: Actor,
    system: str,
    number: str,
    records: Sequence[Record],
    columns: Sequence[Column],
    about: Iterable[str] = (),
) -> RecordSet:
    """Records in their columns and codes, kept as they will travel. `about`: the chains of their matters, by
    which an erasure finds the set. Raises Refused "incomplete" where one
    lacks what they need, "set_reused" for a number that went before."""
    codes = codes_of(system)
    mapped = [outward(record, columns, codes) for record in records]
    gaps = [gap for _made, found in mapped for gap in found]
    if held := next((gap for gap in gaps if gap.holds), None):
        raise Refused(_("有记录缺“%(column)s”，不能送。") % {"column": held.column}, code="incomplete")
    if RecordSet.objects.filter(system=system, direction=Direction.OUT, number=number).exists():
        raise Refused(_("这个批号用过了。"), code="set_reused")
    row = _row(system, Direction.OUT, pack(number, system, [made for made, _found in mapped]))
    row.rows, row.state, row.counts = len(records), SetState.MADE, {"no_code": len(gaps)}
    row.about = _about(about)
    row.save(force_insert=True)
    write(chain=f"records:{system}", verb="records.made", by=by, data={"set": number, "rows": row.rows})
    return row


def _about(chains: Iterable[str]) -> str:
    return "".join(f" {chain} " for chain in dict.fromkeys(chains) if chain)


def _row(system: str, direction: str, came: Packed) -> RecordSet:
    now = timezone.now()
    row = RecordSet(system=system, direction=direction, number=came.number, made_at=now, moved_at=now)
    row.digest = sha256(came.table).hexdigest()
    row.table, row.note = came.table.decode(), came.note.decode()
    return row


@transaction.atomic
def mark_sent(*, by: Actor, row: RecordSet, error: str = "") -> RecordSet:
    """It arrived, or why not; one that did not arrive is sent again as it is, under its number."""
    held = RecordSet.objects.select_for_update(of=("self",)).get(pk=row.pk)
    held.tries, held.error = min(held.tries + 1, 30_000), error[:300]
    held.state = SetState.MADE if error else SetState.SENT
    held.moved_at = timezone.now()
    held.save(update_fields=["tries", "error", "state", "moved_at"])
    if not error:
        told = {"set": held.number, "rows": held.rows, "time": held.tries}
        write(chain=f"records:{held.system}", verb="records.sent", by=by, data=told)
    return held


# ── in ──


def take_set(*, by: Actor, system: str, came: Packed, columns: Sequence[Column], land: Land) -> RecordSet:
    """Read a set that came. The same set again is known and lands nothing; a broken or half one lands nothing
    and is logged; what one record lacks stops no other. Raises Refused "set_reused" for a number that came
    before with another content; "broken_set", "set_too_large"."""
    known = RecordSet.objects.filter(system=system, direction=Direction.IN, number=came.number).first()
    if known is not None and known.state == SetState.TAKEN:
        if known.digest != sha256(came.table).hexdigest():
            raise Refused(_("这个批号收过，内容却不一样。"), code="set_reused")
        return known
    try:
        records = unpack(came)
    except Refused as refused:
        _refuse(by, system, came, refused)
        raise
    return _landed(by, known or _row(system, Direction.IN, came), came, records, columns, land)


@transaction.atomic
def _refuse(by: Actor, system: str, came: Packed, refused: Refused) -> None:
    """What came broken is noted, not kept: it may be anything."""
    now, digest = timezone.now(), sha256(came.table).hexdigest()
    row, _is_new = RecordSet.objects.update_or_create(
        system=system,
        direction=Direction.IN,
        number=came.number,
        defaults={"state": SetState.REFUSED, "error": str(refused)[:300], "digest": digest, "moved_at": now},
        create_defaults={
            "state": SetState.REFUSED,
            "error": str(refused)[:300],
            "digest": digest,
            "made_at": now,
            "moved_at": now,
        },
    )
    told = {"set": row.number, "why": refused.code}
    write(chain=f"records:{system}", verb="records.refused", by=by, data=told)


def _landed(
    by: Actor,
    row: RecordSet,
    came: Packed,
    records: list[dict[str, str]],
    columns: Sequence[Column],
    land: Land,
) -> RecordSet:
    counts, refused, about = _land_all(records, columns, land, row.system)
    row.about = _about(about)
    row.digest, row.table, row.note = sha256(came.table).hexdigest(), came.table.decode(), came.note.decode()
    row.rows, row.state, row.error, row.moved_at = len(records), SetState.TAKEN, "", timezone.now()
    row.counts, row.tries = {**counts, "why": refused[:_MOST_NAMED]}, min(row.tries + 1, 30_000)
    with transaction.atomic():
        row.save()
        told = {"set": row.number, "rows": row.rows, **counts}
        write(chain=f"records:{row.system}", verb="records.taken", by=by, data=told)
    return row


def _land_all(
    records: list[dict[str, str]], columns: Sequence[Column], land: Land, system: str
) -> tuple[dict[str, int], list[dict[str, Any]], list[str]]:
    codes = codes_of(system)
    counts: Counter[str] = Counter(new=0, same=0, refused=0, no_code=0)
    refused, about = [], []
    for line, record in enumerate(records, 1):
        made, gaps = inward(record, columns, codes)
        counts["no_code"] += sum(not gap.holds for gap in gaps)
        try:
            if held := next((gap for gap in gaps if gap.holds), None):
                raise Refused(_("缺“%(column)s”。") % {"column": held.column}, code="incomplete")
            is_new, chain = land(made)
            counts["new" if is_new else "same"] += 1
            about.append(chain)
        except Refused as why:
            counts["refused"] += 1
            refused.append({"line": line, "why": str(why)[:120]})
    return dict(counts), refused, about


def read_again(*, by: Actor, row: RecordSet, columns: Sequence[Column], land: Land) -> RecordSet:
    """Read a set that was taken once more: after codes were entered, what was refused may land now."""
    came = packed(row)
    if row.direction != Direction.IN or not came.table:
        raise Refused(_("这批已经过了保存期，不能再读。"), code="set_gone")
    return _landed(by, row, came, unpack(came), columns, land)


def forget_old(*, by: Actor, now: datetime) -> int:
    """Destroy the content of sets after their time; the log of them stays."""
    old = RecordSet.objects.filter(made_at__lt=now - KEPT).exclude(key=b"")
    return old.update(key=b"", table_sealed=b"")


def forget_about(*, by: Actor, chain: str) -> int:
    """The matter is erased: the sets it travelled in can be neither sent nor read any more."""
    return RecordSet.objects.filter(about__contains=f" {chain} ").update(key=b"", table_sealed=b"")
