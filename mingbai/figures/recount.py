"""The slow count beside the quick one: from the raw times and the tree, one row after the other.

What indicators read quickly is kept twice (a matter's month, a call's local day): here it is
worked out anew, so that a row whose copy is wrong is found and named.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from mingbai.cases.enums import State
from mingbai.cases.models import Case
from mingbai.figures.indicators.net import NET
from mingbai.figures.queries import Counter
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period
from mingbai.hotline.models import Call
from mingbai.places.queries import register

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """`examples` name rows that one of the two counts has and the other has not."""

    code: str
    shown: int
    counted: int
    examples: tuple[str, ...]


def differences(period: Period) -> list[Difference]:
    """Every indicator that is kept by copies, counted anew. Reads each row of the period once."""
    quick, slow = Counter(period), _slow(period)
    found = []
    for code, names in slow.items():
        if quick.count(code) != len(names):
            found.append(_difference(code, quick.count(code), names, period))
    return found


def _difference(code: str, shown: int, names: set[str], period: Period) -> Difference:
    quick = {_name(row) for row in INDICATORS.get(code).rows(period).iterator(chunk_size=2000)}
    examples = sorted(names ^ quick)[:MOST_EXAMPLES]
    return Difference(code, shown, len(names), tuple(examples))


def _name(row: Any) -> str:
    return row.number if isinstance(row, Case) else f"call:{row.pk}"


_CASES: dict[str, Callable[[Any], bool]] = {
    "work_orders": lambda case: case.channel in NET and not case.is_instant,
    "net_consultations": lambda case: case.channel in NET and case.is_instant,
    "matters": lambda case: case.state != State.MERGED,
}
_CALLS: dict[str, Callable[[Any], bool]] = {
    "calls_offered": lambda call: True,
    "calls_answered": lambda call: call.answered_at is not None,
}


def _slow(period: Period) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {code: set() for code in (*_CASES, *_CALLS)}
    for row, tests, at in _rows():
        if not _is_within(period, at, row.region_id):
            continue
        for code, holds in tests.items():
            if holds(row):
                found[code].add(_name(row))
    return found


def _rows() -> Iterator[tuple[Any, dict[str, Callable[[Any], bool]], Any]]:
    fields = ("number", "channel", "is_instant", "state", "opened_at", "region_id")
    for case in Case.objects.only(*fields).order_by("id").iterator(chunk_size=2000):
        yield case, _CASES, case.opened_at
    calls = Call.objects.incoming().only("offered_at", "answered_at", "region_id").order_by("id")
    for call in calls.iterator(chunk_size=2000):
        yield call, _CALLS, call.offered_at


def _is_within(period: Period, at: Any, region: str | None) -> bool:
    if not period.first <= timezone.localdate(at) <= period.last:
        return False
    places = register()
    if not period.region or period.region == places.city_of(period.region):
        return True
    return region in places.subtree(period.region)
