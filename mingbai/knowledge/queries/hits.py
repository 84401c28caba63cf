"""Hit and Answered: what a search gives back; plain values, to be shown by any face."""

from dataclasses import dataclass

from mingbai.knowledge.rules.snippets import Part


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `ref`: the key of a law, article, guide, answer or organisation, a station's or a
    worker's code. `score`: higher is better within one answer. Offices and people bring where and when."""

    kind: str
    ref: str
    title: str
    snippet: tuple[Part, ...]
    score: float
    title_parts: tuple[Part, ...] = ()
    line: str = ""
    region: str = ""
    phone: str = ""
    address: str = ""
    hours: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    """Latitude and longitude in degrees, as the register has them."""
    distance: int | None = None
    """Metres as the crow flies, where a point was given."""
    station: str = ""
    """Of a person: where they serve."""


@dataclass(frozen=True, slots=True)
class Answered:
    """`corrected`: the text that was searched instead, where the typed one found nothing."""

    asked: str
    hits: tuple[Hit, ...]
    corrected: str = ""
