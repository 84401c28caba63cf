"""Landing a ledger: every good row once, through the action of its app; refused rows are written down."""

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.crypto import Hash, keyed_hash
from mingbai.core.refused import Refused
from mingbai.integrations.ledgers.files import Row, read
from mingbai.integrations.ledgers.registry import Ledger, Period
from mingbai.integrations.models import LedgerRow
from mingbai.journal.actions import write

BATCH = 200
"""Rows of one transaction: a killed import continues where it stopped."""


@dataclass
class Outcome:
    """Counts of one file, and its refused rows as (line, reason, row)."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    refused: list[tuple[int, str, Row]] = field(default_factory=list)
    error: str = ""
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "added": self.added,
            "changed": self.changed,
            "same": self.same,
            "refused": len(self.refused),
        }


def land(*, ledger: Ledger, path: Path, progress: Callable[[int, int], None], by: Actor) -> Outcome:
    """Land one file. A file that cannot be read lands nothing; a bad row is refused alone."""
    outcome = Outcome()
    try:
        rows = read(path, ledger.columns)
    except Refused as refused:
        outcome.error = str(refused.reason)
        return outcome
    outcome.rows = len(rows)
    known = {
        identity: (digest, became)
        for identity, digest, became in LedgerRow.objects.filter(file=ledger.name).values_list(
            "identity", "digest", "became"
        )
    }
    for start, batch in _batches(list(_named(ledger, rows, known))):
        with transaction.atomic():
            for line, identity, row in batch:
                _land_row(ledger, line, identity, row, known, outcome)
        progress(min(start + BATCH, len(rows)), len(rows))
    _enter(ledger, outcome, by)
    return outcome


def _named(
    ledger: Ledger, rows: list[tuple[int, Row]], known: Container[str]
) -> Iterator[tuple[int, str, Row]]:
    """Each row with its identity: the source's number, else its content and occurrence among equal rows."""
    seen: Counter[str] = Counter()
    for line, row in rows:
        if ledger.identity:
            yield line, row[ledger.identity], row
        else:
            content = _digest_of(ledger, row)
            seen[content] += 1
            yield line, _known_as([f"{one}-{seen[content]}" for one in content.every], known), row


def _known_as(names: list[str], known: Container[str]) -> str:
    """Under an older key's digest when it landed with that one."""
    return next((name for name in names if name in known), names[0])


def _digest_of(ledger: Ledger, row: Row) -> Hash:
    normal = ledger.normal(row)
    return keyed_hash("\x1f".join(normal[column] for column in ledger.columns), what=f"ledger.{ledger.name}")


def _batches(rows: list[tuple[int, str, Row]]) -> Iterator[tuple[int, list[tuple[int, str, Row]]]]:
    for start in range(0, len(rows), BATCH):
        yield start, rows[start : start + BATCH]


def _land_row(
    ledger: Ledger, line: int, identity: str, row: Row, known: dict[str, tuple[str, str]], outcome: Outcome
) -> None:
    digest = _digest_of(ledger, row)
    if why := _unusable(identity, digest, outcome):
        outcome.refused.append((line, why, row))
        return
    before = known.get(identity) or _held(ledger, row, digest)
    if before and before[0] == digest:
        outcome.same += 1
        return
    try:
        with transaction.atomic():
            became = ledger.land(row, before[1] if before else "")
            LedgerRow.objects.update_or_create(
                file=ledger.name,
                identity=identity,
                defaults={"digest": digest, "became": became, "landed_at": timezone.now()},
            )
    except Refused as refused:
        outcome.refused.append((line, str(refused.reason), row))
        return
    known[identity] = (digest, became)
    if before:
        outcome.changed += 1
    else:
        outcome.added += 1


def _held(ledger: Ledger, row: Row, digest: str) -> tuple[str, str] | None:
    """A row that never landed but is already here (founded, registered or taken in by ourselves)."""
    here = ledger.found(row) if ledger.found else None
    if here is None:
        return None
    became, cells = here
    same = _digest_of(ledger, dict(zip(ledger.columns, cells, strict=True))) == digest
    return (digest if same else ""), became


def _unusable(identity: str, digest: str, outcome: Outcome) -> str:
    """Why the number cannot stand for the row: missing, or used in this file for another content."""
    if not identity:
        return _("缺少编号")
    if outcome.numbers.setdefault(identity, digest) != digest:
        return _("编号在这个文件里出现过，内容不同")
    return ""


def _enter(ledger: Ledger, outcome: Outcome, by: Actor) -> None:
    if outcome.added or outcome.changed:
        with transaction.atomic():
            write(chain=f"import:{ledger.name}", verb="ledger.landed", by=by, data=outcome.counts)


SIGNED = "EXPORTED.txt"


@transaction.atomic
def sign(*, by: Actor, folder: Path, counts: Mapping[str, int], period: Period) -> None:
    """Says beside the exported ledgers who took them out: the files themselves come in again as they are."""
    names = [name for name in sorted(counts) if (folder / name).is_file()]
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    days = f"{period.first} 至 {period.last} {period.region}".rstrip()
    head = f"导出人 {by.name}，{timezone.localtime():%Y-%m-%d %H:%M}，{days}"
    lines = [f"{digests[name]}  {name}  {counts[name]}" for name in names]
    (folder / SIGNED).write_text("\n".join([head, *lines, ""]), "utf-8")
    told = {"from": str(period.first), "to": str(period.last), "region": period.region, "files": digests}
    write(chain="export:ledgers", verb="ledger.taken_out", by=by, data=told)
