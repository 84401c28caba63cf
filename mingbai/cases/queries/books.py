"""The registers that the trunk decides by: places, staffing, rules; one tiny query when nothing changed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from mingbai.cases.models import DeadlineRule, RoutingRule
from mingbai.cases.rules.clocks import Deadline
from mingbai.cases.rules.routing import RouteRule
from mingbai.people.queries import staffing
from mingbai.people.rules import Staffing
from mingbai.places.queries import register
from mingbai.places.rules import Register


@dataclass(frozen=True)
class RuleBook:
    """The dated rules of time and routing, as one snapshot; ended ones stay: clocks point to them."""

    deadlines: tuple[Deadline, ...]
    routes: tuple[RouteRule, ...]
    by_id: dict[int, Deadline]


@dataclass(frozen=True)
class Books:
    """Everything that choosing a station and counting a period needs, of one moment."""

    places: Register
    staffing: Staffing
    rules: RuleBook


_last: list[Books] = []


def books() -> Books:
    """The registers as they are now, kept in this process until one changes (`places.actions.touch`)."""
    places = register()
    if not _last or _last[0].places is not places:
        _last[:] = [Books(places, staffing(), _rules(places.token))]
    return _last[0]


def rulebook() -> RuleBook:
    return books().rules


@lru_cache(maxsize=2)  # two: a transaction that is rolled back returns to the token before
def _rules(token: str) -> RuleBook:
    deadlines = tuple(Deadline(**row) for row in _rows(DeadlineRule.objects.order_by("id"), Deadline))
    routes = tuple(
        RouteRule(**{**row, "region": row["region"] or ""})
        for row in _rows(RoutingRule.objects.order_by("id"), RouteRule)
    )
    return RuleBook(deadlines, routes, {rule.id: rule for rule in deadlines})


def _rows(queryset: QuerySet[Any], shape: type) -> Iterable[dict[str, Any]]:
    return queryset.values(*(field.name for field in fields(shape)))
