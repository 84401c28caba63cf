"""The honest count beside the quick one: from the raw times and the tree, by other ways than the figures go.

What indicators read quickly is kept twice (a matter's month, a call's local day), subtracted, or read from an
index of its own. Here the database only sorts the raw rows of a period into groups of equal facts, and what a
group counts for is judged in Python (`judges`). So two million matters are judged in some hundred groups, and
the judgement shares no condition with the indicator. Only where the two differ are the rows read by name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Value, When

from mingbai.cases.enums import BAD_GRADES, AppealState, Channel, Event, HeardFrom, State
from mingbai.cases.models import Case, Clock, Rating
from mingbai.figures.indicators.net import NET
from mingbai.figures.queries import Counter
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period
from mingbai.hotline.enums import UNMEASURED
from mingbai.hotline.models import Call
from mingbai.hotline.rules.wall import WITHIN
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.visits.enums import VisitState
from mingbai.visits.models import Visit

MOST_EXAMPLES = 5
Judge = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """`examples` name rows that one of the two counts has and the other has not."""

    code: str
    shown: int
    counted: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Raw rows by their raw time; what is known of one (fact → field or expression); what each counts for.

    `place` leads from a row to its region; `name` is the field that names it for a person, after `prefix`.
    """

    rows: Callable[[], QuerySet[Any]]
    time: str
    facts: Mapping[str, Any]
    judges: Mapping[str, Judge]
    place: str = "region"
    name: str = "pk"
    prefix: str = ""

    def within(self, period: Period) -> QuerySet[Any]:
        """Without a month, a day or a subtree that somebody wrote down."""
        since, until = period.moments
        found = self.rows().filter(**{f"{self.time}__gte": since, f"{self.time}__lt": until})
        return found.filter(_below(period.region, self.place))

    def counts(self, period: Period) -> dict[str, int]:
        """Code → how many: one statement."""
        found = dict.fromkeys(self.judges, 0)
        names = [f"fact_{fact}" for fact in self.facts]
        groups = self.within(period).order_by().annotate(**self._facts()).values(*names)
        for row in groups.annotate(figure=Count("pk")).order_by(*names):
            for code in self._of(row):
                found[code] += row["figure"]
        return found

    def names(self, period: Period, code: str) -> set[str]:
        """The rows that a code counts, one after the other."""
        names = [f"fact_{fact}" for fact in self.facts]
        rows = self.within(period).order_by("pk").annotate(**self._facts()).values(self.name, *names)
        return {
            f"{self.prefix}{row[self.name]}"
            for row in rows.iterator(chunk_size=5000)
            if code in set(self._of(row))
        }

    def _facts(self) -> dict[str, Any]:
        return {f"fact_{fact}": F(of) if isinstance(of, str) else of for fact, of in self.facts.items()}

    def _of(self, row: Mapping[str, Any]) -> Iterator[str]:
        facts = SimpleNamespace(**{fact: row[f"fact_{fact}"] for fact in self.facts})
        return (code for code, holds in self.judges.items() if holds(facts))


def _below(code: str, place: str) -> Q:
    """By the paths of the tree, not by a list of codes."""
    if not code or code == register().city_of(code):
        return Q()
    path = Region.objects.values_list("path", flat=True).get(pk=code)
    return Q(**{f"{place}__path": path}) | Q(**{f"{place}__path__startswith": f"{path}."})


# ── facts ──


def _yes(condition: Any) -> Any:
    """Whether a condition holds, as something to group by."""
    return Choice(When(condition, then=Value(1)), default=Value(0))


class Later(Func):
    """A moment so many seconds after another, as the database writes moments down."""

    output_field = DateTimeField()

    def __init__(self, moment: str, seconds: float, **extra: Any) -> None:
        super().__init__(F(moment), **extra)
        self.extra["seconds"] = seconds

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Django's sum of times is a function in Python for each row.
        template = "strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', %(expressions)s, '+%(seconds)s seconds')"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(%(expressions)s + interval '%(seconds)s seconds')"
        return self.as_sql(compiler, connection, template=template, **extra)


def _ran_out(**more: Any) -> Any:
    """A clock was raised, or ended after its time; each asked apart."""
    clocks = Clock.objects.filter(case=OuterRef("pk"), **more)
    return _yes(
        Exists(clocks.filter(raised_at__isnull=False)) | Exists(clocks.filter(done_at__gt=F("due_at")))
    )


def _is_order(row: Any) -> bool:
    return row.channel in NET and not row.is_instant


def _is_over(row: Any) -> bool:
    return bool(row.state != State.MERGED)


def _came(row: Any) -> bool:
    return bool(row.channel == Channel.WINDOW or row.came)


OPENED = Source(
    Case.objects.all,
    "opened_at",
    {
        "channel": "channel",
        "is_instant": "is_instant",
        "state": "state",
        "late": _ran_out(rule__stops_on=Event.TAKEN_UP),
    },
    {
        "contacts": lambda row: True,
        "contacts_merged": lambda row: row.state == State.MERGED,
        "matters": _is_over,
        "work_orders": _is_order,
        "net_consultations": lambda row: row.channel in NET and row.is_instant,
        "orders_taken_up_late": lambda row: _is_order(row) and row.late,
        "orders_taken_up_in_time": lambda row: _is_order(row) and not row.late,
    },
    name="number",
)
ENDED = Source(
    Case.objects.all,
    "closed_at",
    {
        "channel": "channel",
        "is_instant": "is_instant",
        "state": "state",
        "kind": "kind",
        "late": _ran_out(),
        "came": _yes(Exists(Visit.objects.filter(case=OuterRef("pk"), state=VisitState.SERVED))),
    },
    {
        "matters_ended": _is_over,
        "matters_late": lambda row: _is_over(row) and row.late,
        "matters_in_time": lambda row: _is_over(row) and not row.late,
        "matters_visited": lambda row: _is_over(row) and _came(row),
        "matters_unvisited": lambda row: _is_over(row) and not _came(row),
        "orders_ended": lambda row: _is_over(row) and _is_order(row),
        "orders_late": lambda row: _is_over(row) and _is_order(row) and row.late,
        "orders_in_time": lambda row: _is_over(row) and _is_order(row) and not row.late,
        "aid_ended": lambda row: _is_over(row) and row.kind == "legal_aid",
    },
    name="number",
)
CALLS = Source(
    Call.objects.all,
    "offered_at",
    {
        "is_out": "is_out",
        "source": "source",
        "answered": _yes(Q(answered_at__isnull=False)),
        # Rounded to whole seconds, as the exchange tells it: 15.4 are within 15.
        "soon": _yes(Q(answered_at__lt=Later("offered_at", WITHIN.total_seconds() + 0.5))),
    },
    {
        "calls_offered": lambda row: not row.is_out,
        "calls_answered": lambda row: not row.is_out and row.answered,
        "calls_lost": lambda row: not row.is_out and not row.answered,
        "calls_measured": lambda row: not row.is_out and row.source not in UNMEASURED,
        "calls_waited": lambda row: not row.is_out and row.source not in UNMEASURED and row.answered,
        "calls_in_time": lambda row: not row.is_out and row.source not in UNMEASURED and row.soon,
    },
    prefix="call:",
)
RATED = Source(
    Rating.objects.all,
    "at",
    {
        "grade": "grade",
        "appeal": "appeal",
        "is_happy": "is_happy_after",
        "heard_from": "heard_from",
        "first": "was_first_choice",
        "called_back": _yes(Q(called_back_at__isnull=False)),
    },
    {
        code: lambda row, holds=holds: row.appeal != AppealState.STRUCK and holds(row)  # type: ignore[misc]
        for code, holds in {
            "ratings": lambda row: True,
            "ratings_content": lambda row: row.grade not in BAD_GRADES,
            "ratings_bad": lambda row: row.grade in BAD_GRADES,
            "ratings_called_back": lambda row: row.grade in BAD_GRADES and row.called_back,
            "ratings_redone": lambda row: row.grade in BAD_GRADES and row.is_happy is False,
            "heard_told": lambda row: row.heard_from != "",
            "heard_village": lambda row: row.heard_from == HeardFrom.VILLAGE,
            "choice_told": lambda row: row.first is not None,
            "first_choice": lambda row: row.first is True,
        }.items()
    },
    place="case__region",
    prefix="rating:",
)
SOURCES = (OPENED, ENDED, CALLS, RATED)


def differences(period: Period) -> list[Difference]:
    """Every indicator that is kept by copies, subtracted or indexed, counted anew: a statement a source."""
    found = [(source, source.counts(period)) for source in SOURCES]
    quick = Counter(period).prepare(code for _source, counts in found for code in counts)
    return [
        _difference(source, code, quick.count(code), count, period)
        for source, counts in found
        for code, count in counts.items()
        if quick.count(code) != count
    ]


def _difference(source: Source, code: str, shown: int, count: int, period: Period) -> Difference:
    rows = INDICATORS.get(code).rows(period).order_by("pk").values_list(source.name, flat=True)
    quick = {f"{source.prefix}{name}" for name in rows.iterator(chunk_size=5000)}
    examples = sorted(source.names(period, code) ^ quick)[:MOST_EXAMPLES]
    return Difference(code, shown, count, tuple(examples))
