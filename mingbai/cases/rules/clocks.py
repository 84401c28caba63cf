"""Which deadline rules apply, and when their clocks run out: pure, explained step by step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mingbai.core.workdays import Due, Span, Workdays, due, due_on, soon_at


@dataclass(frozen=True, slots=True)
class Deadline:
    """A row of DeadlineRule. `kind` and `stage` "" mean any; amounts are in `unit`."""

    id: int
    code: str
    name: str
    kind: str
    wage_only: bool
    urgent_only: bool
    stage: str
    starts_on: str
    stops_on: str
    strength: str
    amount: int
    unit: str
    first_day_counts: bool
    end_moves: bool
    pauses: bool
    extension_most: int
    source: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def weight(self) -> int:
        """How specific the rule is: urgent before wage arrears before stage before kind before any."""
        return 8 * self.urgent_only + 4 * self.wage_only + 2 * bool(self.stage) + bool(self.kind)


@dataclass(frozen=True, slots=True)
class Matter:
    """What the choice of rules needs to know of a case."""

    kind: str
    is_wage: bool = False
    is_urgent: bool = False
    stage: str = ""


def fits(rule: Deadline, matter: Matter, day: date) -> bool:
    return (
        rule.kind in ("", matter.kind)
        and rule.stage in ("", matter.stage)
        and (matter.is_wage or not rule.wage_only)
        and (matter.is_urgent or not rule.urgent_only)
        and rule.holds_on(day)
    )


def rules_started(rules: Iterable[Deadline], event: str, matter: Matter, day: date) -> list[Deadline]:
    """The rules whose clock this event starts: of those with one code, the most specific, then the newest."""
    best: dict[str, Deadline] = {}
    for rule in rules:
        if rule.starts_on == event and fits(rule, matter, day):
            rival = best.get(rule.code)
            if rival is None or (rule.weight, rule.valid_from) > (rival.weight, rival.valid_from):
                best[rule.code] = rule
    return list(best.values())


def urgency(now: datetime, soon: datetime, due_at: datetime) -> str:
    """How a running period stands: "on_time", "soon" (yellow) or "late" (red)."""
    if now > due_at:
        return "late"
    return "soon" if now >= soon else "on_time"


def span_of(rule: Deadline, extra: int = 0) -> Span:
    return Span(rule.amount + extra, rule.unit, rule.first_day_counts, rule.end_moves)  # type: ignore[arg-type]


def pauses_of(stored: Sequence[Sequence[str | None]], now: datetime) -> list[tuple[datetime, datetime]]:
    """The stored pauses as times; one that is still open ends, for the moment, now."""
    return [(datetime.fromisoformat(a), datetime.fromisoformat(b) if b else now) for a, b in stored if a]


def run(
    rule: Deadline,
    started: datetime,
    workdays: Workdays,
    *,
    extra: int = 0,
    pauses: Sequence[tuple[datetime, datetime]] = (),
    until: date | None = None,
) -> tuple[Due, datetime]:
    """When the period ends, with its explanation, and when its warning begins.

    `until`: a day that was set in place of the period's own end; more time that was given later reaches at
    least as far. Sources: the rule's own; 民法典 Arts. 200-204 for counting.
    """
    span = span_of(rule, extra)
    ends = due(started, span, workdays, paused=pauses)
    if until is not None and (not extra or due_on(until).at > ends.at):
        ends = due_on(until)
    return ends, max(started, soon_at(ends, span, workdays))
