"""The systems of record that lines report to: which fields a line knows, in the order it begins with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise

from mingbai.core.registry import Registry

NUMBER, THEIRS = "number", "their_number"
"""Fields that every system has: our number, by which a record is found again, and theirs."""


Words = Mapping[str, Mapping[str, str]]
"""Field → our value → how we say it: the fields that the other system has codes for."""


@dataclass(frozen=True)
class FilingKind:
    """One system: `line` is the kind of matter, `fields` our code → label in the order to begin with.

    `values_of(about)` reads one matter by its chain, code → our words; no field is left out.
    `words()`: the closed vocabularies among them, which `Codebook` turns into the other system's codes.
    """

    system: str
    label: str | Promise
    line: str
    fields: Mapping[str, str | Promise]
    values_of: Callable[[str], Mapping[str, str]]
    source: str
    words: Callable[[], Words] = dict


FILING_KINDS: Registry[FilingKind] = Registry("filings")


def register_filing(kind: FilingKind) -> FilingKind:
    """Called in an app's `ready()`."""
    return FILING_KINDS.register(kind.system, kind)


def labels(choices: type[TextChoices]) -> dict[str, str]:
    """Value → how it is said, without the one that says nothing."""
    return {str(one.value): str(one.label) for one in choices if one.value}
