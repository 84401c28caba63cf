"""The slow count beside the quick one: from the raw times and the tree, one row after the other.

What indicators read quickly is kept twice (a matter's month, a call's local day), subtracted, or read from an
index of its own: here it is worked out anew in Python, so that a row whose copy is wrong is found and named.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from mingbai.cases.enums import BAD_GRADES, AppealState, HeardFrom, State
from mingbai.cases.models import Case, Clock, Rating
from mingbai.figures.indicators.net import NET
from mingbai.figures.queries import Counter
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period
from mingbai.hotline.enums import CallSource
from mingbai.hotline.models import Call
from mingbai.hotline.rules.wall import WITHIN
from mingbai.places.queries import register

MOST_EXAMPLES = 5
Holds = Mapping[str, Callable[[Any], bool]]
"""Code of an indicator → whether a row, given as a named tuple, is one of its rows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`examples` name rows that one of the two counts has and the other has not."""

    code: str
    shown: int
    counted: int
    examples: tuple[str, ...]


def differences(period: Period) -> list[Difference]:
    """Every indicator that is kept by copies, counted anew. Reads each row of the period once."""
    slow = {code: names for counts in _slow(period) for code, names in counts.items()}
    quick = Counter(period).prepare(slow)
    return [
        _difference(code, quick.count(code), names, period)
        for code, names in slow.items()
        if quick.count(code) != len(names)
    ]


def _difference(code: str, shown: int, names: set[str], period: Period) -> Difference:
    quick = {_name(row) for row in INDICATORS.get(code).rows(period).iterator(chunk_size=2000)}
    examples = sorted(names ^ quick)[:MOST_EXAMPLES]
    return Difference(code, shown, len(names), tuple(examples))


def _name(row: Any) -> str:
    return row.number if isinstance(row, Case) else f"{row._meta.model_name}:{row.pk}"


def _is_order(case: Any) -> bool:
    return case.channel in NET and not case.is_instant


_OPENED: Holds = {
    "contacts": lambda case: True,
    "work_orders": _is_order,
    "net_consultations": lambda case: case.channel in NET and case.is_instant,
    "matters": lambda case: case.state != State.MERGED,
}
_ENDED: Holds = {
    "matters_ended": lambda case: case.state != State.MERGED,
    "orders_ended": lambda case: case.state != State.MERGED and _is_order(case),
}
_CALLS: Holds = {
    "calls_offered": lambda call: True,
    "calls_answered": lambda call: call.answered_at is not None,
    "calls_lost": lambda call: call.answered_at is None,
    "calls_measured": lambda call: call.source != CallSource.HAND,
    "calls_in_time": lambda call: (
        call.source != CallSource.HAND
        and call.answered_at is not None
        and _whole_seconds(call.answered_at - call.offered_at) <= WITHIN
    ),
}
_RATED: Holds = {
    "ratings": lambda rating: True,
    "ratings_content": lambda rating: rating.grade not in BAD_GRADES,
    "ratings_bad": lambda rating: rating.grade in BAD_GRADES,
    "ratings_called_back": lambda rating: rating.grade in BAD_GRADES and rating.called_back_at is not None,
    "heard_told": lambda rating: rating.heard_from != "",
    "heard_village": lambda rating: rating.heard_from == HeardFrom.VILLAGE,
    "first_choice": lambda rating: rating.was_first_choice is True,
}


def _whole_seconds(span: timedelta) -> timedelta:
    return timedelta(seconds=round(span.total_seconds()))


def _slow(period: Period) -> Iterator[dict[str, set[str]]]:
    inside = _places(period)
    case = ("number", "channel", "is_instant", "state", "region_id")
    opened = _near(Case.objects, period, "opened_at").values_list("opened_at", *case, named=True)
    yield _sorted(opened, _OPENED, period, inside, "opened_at", lambda row: row.number)
    ended = _near(Case.objects, period, "closed_at").values_list("pk", "closed_at", *case, named=True)
    yield _ended(ended, period, inside)
    calls = _near(Call.objects.incoming(), period, "offered_at").values_list(
        "pk", "offered_at", "answered_at", "source", "region_id", named=True
    )
    yield _sorted(calls, _CALLS, period, inside, "offered_at", lambda row: f"call:{row.pk}")
    told = ("grade", "called_back_at", "heard_from", "was_first_choice")
    ratings = _near(Rating.objects.exclude(appeal=AppealState.STRUCK), period, "at").values_list(
        "pk", "at", "case__region_id", *told, named=True
    )
    yield _sorted(ratings, _RATED, period, inside, "at", lambda row: f"rating:{row.pk}", "case__region_id")


def _ended(rows: Iterable[Any], period: Period, inside: Callable[[str | None], bool]) -> dict[str, set[str]]:
    """Those of matters that ended, with the clocks that ran out looked up apart."""
    clocks = Clock.objects.values_list("case_id", "due_at", "done_at", "raised_at").order_by("id")
    over = {
        case
        for case, due, done, raised in clocks.iterator(chunk_size=5000)
        if raised is not None or (done is not None and done > due)
    }
    holds: Holds = {
        **_ENDED,
        "matters_late": lambda case: case.state != State.MERGED and case.pk in over,
        "matters_in_time": lambda case: case.state != State.MERGED and case.pk not in over,
        "orders_late": lambda case: case.state != State.MERGED and _is_order(case) and case.pk in over,
    }
    return _sorted(rows, holds, period, inside, "closed_at", lambda row: row.number)


def _sorted(
    rows: Iterable[Any],
    holds: Holds,
    period: Period,
    inside: Callable[[str | None], bool],
    time: str,
    name: Callable[[Any], str],
    region: str = "region_id",
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {code: set() for code in holds}
    for row in rows:
        if not period.first <= timezone.localdate(getattr(row, time)) <= period.last:
            continue
        if not inside(getattr(row, region)):
            continue
        for code, one in holds.items():
            if one(row):
                found[code].add(name(row))
    return found


def _near(rows: Any, period: Period, time: str) -> QuerySet[Any]:
    """The rows whose raw time lies in the period or a day beside it: the exact day is judged one by one."""
    since, until = period.moments
    day = timedelta(days=1)
    near = rows.filter(**{f"{time}__gte": since - day, f"{time}__lt": until + day})
    return near.order_by(time, "pk")


def _places(period: Period) -> Callable[[str | None], bool]:
    places = register()
    if not period.region or period.region == places.city_of(period.region):
        return lambda region: True
    below = places.subtree(period.region)
    return lambda region: region in below
