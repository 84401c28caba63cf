"""Reads of the trunk that serve more than one page."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

from mingbai.cases.models import DeadlineRule, RoutingRule
from mingbai.cases.rules.clocks import Deadline
from mingbai.cases.rules.routing import RouteRule
from mingbai.places.queries import register


@dataclass(frozen=True)
class RuleBook:
    """The dated rules of time and routing, as one snapshot."""

    deadlines: tuple[Deadline, ...]
    routes: tuple[RouteRule, ...]
    by_id: dict[int, Deadline]


def rulebook() -> RuleBook:
    """The rules, kept in this process until a register changes (`places.actions.touch`)."""
    return _load(register().token)


@lru_cache(maxsize=2)  # two: a transaction that is rolled back returns to the token before
def _load(token: str) -> RuleBook:
    deadlines = tuple(Deadline(**row) for row in _rows(DeadlineRule.objects.order_by("id"), Deadline))
    routes = tuple(
        RouteRule(**{**row, "region": row["region"] or ""})
        for row in _rows(RoutingRule.objects.order_by("id"), RouteRule)
    )
    return RuleBook(deadlines, routes, {rule.id: rule for rule in deadlines})


def _rows(queryset: object, shape: type) -> Iterable[dict[str, object]]:
    return queryset.values(*(field.name for field in fields(shape)))  # type: ignore[attr-defined, no-any-return]
