"""One system's codes, and a logged set as it travelled."""

from mingbai.integrations.models import ExternalCode, RecordSet
from mingbai.integrations.records.rules import Codes, Packed


def codes_of(system: str) -> Codes:
    """All codes that were entered for a system, in one query."""
    rows = list(ExternalCode.objects.filter(system=system))
    return Codes(
        outward={(row.table, row.own): row.code for row in rows},
        inward={(row.table, row.code): row.own for row in rows if row.reads},
    )


def packed(row: RecordSet) -> Packed:
    """The set byte by byte as it went or came; an empty table where its time of keeping is over."""
    return Packed(row.number, row.table.encode(), row.note.encode())
