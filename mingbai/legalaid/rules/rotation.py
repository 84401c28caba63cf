"""Who may work a matter and who is next: reasons in words, a fair order that can be worked out again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from mingbai.legalaid.enums import Bar, Group

GRAVE_YEARS = 3
"""法律援助法 Art. 26: at least three years of practice where life, death or review of death is at stake."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who takes legal aid. `taken` this year, `running` not ended; `firm` 0: none."""

    worker: int
    code: str
    name: str
    firm: int = 0
    firm_name: str = ""
    since: date | None = None
    groups: frozenset[str] = frozenset()
    county: str = ""
    taken: int = 0
    running: int = 0
    most: int = 10
    last_at: datetime | None = None
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """The matter. `other_firms` stand for the other side; `dropped` declined it or were replaced in it.

    `may_share`: the place has one firm, and both sides have consented in writing.
    """

    group: str
    county: str
    on: date
    is_grave: bool = False
    other_firms: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    may_share: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate in the order; `bars` say why not."""

    candidate: Candidate
    fits: bool
    is_far: bool
    bars: tuple[Bar, ...] = field(default=())

    def row(self) -> dict[str, Any]:
        """As it is kept with the assignment."""
        one = self.candidate
        return {
            "code": one.code,
            "taken": one.taken,
            "open": one.running,
            "far": self.is_far,
            "fits": self.fits,
            "barred": [str(bar.value) for bar in self.bars],
        }

    @property
    def reasons(self) -> list[str]:
        one = self.candidate
        counts = {"taken": one.taken, "open": one.running}
        return [
            *(str(bar.label) for bar in self.bars),
            _("擅长这类事") if self.fits else _("不是专长"),
            _("今年已接 %(taken)d 件，在办 %(open)d 件") % counts,
            _("在别的县区") if self.is_far else _("在本县区"),
        ]


def rank(candidates: Iterable[Candidate], job: Job) -> list[Place]:
    """Who may, in turn; then who may not.

    Competence first, then who has had fewest this year (so that equals never differ by more than one), then
    who has least to do, is near, and has waited longest.
    """
    places = [
        Place(one, _fits(one, job), one.county != job.county, tuple(_bars(one, job))) for one in candidates
    ]
    return sorted(places, key=_order)


def _order(place: Place) -> tuple[Any, ...]:
    one = place.candidate
    waited = one.last_at.timestamp() if one.last_at else 0.0
    return (bool(place.bars), not place.fits, one.taken, one.running, place.is_far, waited, one.code)


def _fits(one: Candidate, job: Job) -> bool:
    return not one.groups or not job.group or job.group in one.groups


def _bars(one: Candidate, job: Job) -> Iterable[Bar]:
    if job.is_grave and (one.since is None or _years(one.since, job.on) < GRAVE_YEARS):
        yield Bar.TOO_NEW
    if _shares_firm(one, job):
        yield Bar.CONFLICT
    if one.worker in job.dropped:
        yield Bar.DROPPED
    if one.running >= one.most:
        yield Bar.FULL
    if one.is_away:
        yield Bar.AWAY


def _shares_firm(one: Candidate, job: Job) -> bool:
    """But in criminal matters two sides never get one firm, unless it is the only one."""
    return job.group != Group.CRIME and one.firm in job.other_firms and not job.may_share


def _years(since: date, today: date) -> int:
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def first(places: Iterable[Place]) -> Place | None:
    """Whose turn it is; None where nobody may."""
    return next((place for place in places if not place.bars), None)
