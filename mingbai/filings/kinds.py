"""The systems of record that lines report to: which fields a line knows, in the order it begins with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from mingbai.core.registry import Registry

NUMBER, THEIRS = "number", "their_number"
"""Fields that every system has: our number, by which a record is found again, and theirs."""


@dataclass(frozen=True)
class FilingKind:
    """One system: `line` is the kind of matter, `fields` our code → label in the order to begin with.

    `values_of(about)` reads one matter by its chain, code → words as they are sent; no field is left out.
    """

    system: str
    label: str | Promise
    line: str
    fields: Mapping[str, str | Promise]
    values_of: Callable[[str], Mapping[str, str]]
    source: str


FILING_KINDS: Registry[FilingKind] = Registry("filings")


def register_filing(kind: FilingKind) -> FilingKind:
    """Called in an app's `ready()`."""
    return FILING_KINDS.register(kind.system, kind)
