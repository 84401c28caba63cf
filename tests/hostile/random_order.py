"""A query without an order gives its rows in random order: PostgreSQL may do so any day."""

from collections.abc import Iterator
from typing import Any

from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler

ordered_pairs = SQLCompiler._order_by_pairs


def may_be_shuffled(compiler: SQLCompiler) -> bool:
    """Grouped, distinct and combined queries must not gain an expression; a sub-query's order is nobody's."""
    query = compiler.query
    grouped = query.group_by is not None or query.distinct or query.combinator
    counted = any(getattr(one, "contains_aggregate", False) for one in query.annotation_select.values())
    return not grouped and not query.subquery and not counted


def pairs_or_random(compiler: SQLCompiler) -> Iterator[tuple[Any, Any]]:
    pairs = list(ordered_pairs(compiler))
    if not pairs and may_be_shuffled(compiler):
        pairs = [(OrderBy(Random()), False)]
    return iter(pairs)


def shuffle_unordered() -> None:
    SQLCompiler._order_by_pairs = pairs_or_random  # type: ignore[method-assign]
