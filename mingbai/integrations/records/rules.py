"""Records in another system's columns and codes, and sets of them that prove themselves whole: pure.

The code tables of provincial systems are not public. Ours go out until somebody has entered theirs beside
them; the dry run names every value that had no code of theirs.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

COLUMN = "column"
"""The code table that names the columns themselves: own name → theirs."""
MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 5000
_NUMBER = re.compile(r"[A-Za-z0-9_.-]{1,64}")

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a record. `own`: what we call it; `table`: the code table of its values, "" where a value
    goes as it stands; `needed`: a record without it is held back."""

    own: str
    table: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Codes:
    """One system's codes, both ways: (table, own) → theirs, (table, theirs) → own."""

    outward: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    inward: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))

    def name(self, column: Column) -> str:
        """What they call the column."""
        return self.outward.get((COLUMN, column.own), column.own)


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands in the way, or only remains in our own code: `why` is "missing" or "no_code"."""

    column: str
    value: str
    why: str

    @property
    def holds(self) -> bool:
        """True where the record cannot go."""
        return self.why == "missing"


def outward(record: Record, columns: Sequence[Column], codes: Codes) -> tuple[dict[str, str], list[Gap]]:
    """The record in their columns and codes, in the order of `columns`, and what had no code of theirs."""
    made: dict[str, str] = {}
    gaps: list[Gap] = []
    for column in columns:
        value = record.get(column.own, "")
        if column.needed and not value:
            gaps.append(Gap(column.own, "", "missing"))
        if column.table and value and (column.table, value) not in codes.outward:
            gaps.append(Gap(column.own, value, "no_code"))
        made[codes.name(column)] = codes.outward.get((column.table, value), value)
    return made, gaps


def inward(record: Record, columns: Sequence[Column], codes: Codes) -> tuple[dict[str, str], list[Gap]]:
    """Their record in our columns and codes. A code that nobody entered stays as sent, and is named."""
    made: dict[str, str] = {}
    gaps: list[Gap] = []
    for column in columns:
        value = record.get(codes.name(column), "")
        if column.needed and not value:
            gaps.append(Gap(column.own, "", "missing"))
        known = (column.table, value) in codes.inward
        if column.table and value and not known and (column.table, value) not in codes.outward:
            gaps.append(Gap(column.own, value, "no_code"))
        made[column.own] = codes.inward.get((column.table, value), value)
    return made, gaps


# ── sets ──


@dataclass(frozen=True, slots=True)
class Packed:
    """A set as it travels: a table and a note about it, which is written last and says what must be there."""

    number: str
    table: bytes
    note: bytes


def pack(number: str, system: str, records: Sequence[Record]) -> Packed:
    """All records have the same columns."""
    names = list(records[0]) if records else []
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    table = stream.getvalue().encode("utf-8-sig")
    said = {"set": number, "system": system, "rows": len(records), "sha256": sha256(table).hexdigest()}
    return Packed(number, table, json.dumps(said, ensure_ascii=False).encode())


def unpack(packed: Packed) -> list[dict[str, str]]:
    """The records, all of them or none. Raises Refused "broken_set", "set_too_large"."""
    said = noted(packed.note)
    if len(packed.table) > MOST_BYTES:
        raise Refused(_("这批太大，没有收下。"), code="set_too_large")
    if sha256(packed.table).hexdigest() != said.get("sha256") or said.get("set") != packed.number:
        raise _broken()
    rows = _rows(packed.table)
    if len(rows) != said.get("rows"):
        raise _broken()
    if len(rows) > MOST_ROWS:
        raise Refused(_("这批太大，没有收下。"), code="set_too_large")
    return rows


def noted(note: bytes) -> dict[str, Any]:
    """What the note says. Raises Refused "broken_set" for one that is none."""
    try:
        said = json.loads(note)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not _NUMBER.fullmatch(str(said.get("set", ""))):
        raise _broken()
    return said


def _rows(table: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), strict=True)
        lines: Iterable[list[str]] = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _broken() from error
    head, *rest = lines or [[]]
    if len(set(head)) != len(head) or any(len(cells) != len(head) for cells in rest):
        raise _broken()
    return [dict(zip(head, cells, strict=True)) for cells in rest]


def _broken() -> Refused:
    return Refused(_("这批不完整或改过，一条也没有收。请对方重发。"), code="broken_set")
