"""Pages of long lists whose cost does not grow with the table: bounded count, bounded depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

COUNT_TO = 1000
DEEPEST_ROW = 10_000  # beyond it people filter; an OFFSET of a million would read a million rows


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page: its rows, where it stands, and the address of its neighbours."""

    items: Sequence[M]
    number: int
    size: int
    count: int
    more_than_counted: bool
    has_next: bool
    query: str

    @property
    def count_text(self) -> str:
        return f"{COUNT_TO}+" if self.more_than_counted else str(self.count)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.items) - 1 if self.items else 0

    @property
    def next_query(self) -> str:
        return self._query_of(self.number + 1) if self.has_next else ""

    @property
    def previous_query(self) -> str:
        return self._query_of(self.number - 1) if self.has_previous else ""

    def _query_of(self, number: int) -> str:
        return f"?{self.query}{'&' if self.query else ''}page={number}"

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def whole(items: Sequence[Any]) -> Page[Any]:
    """A short list that is no table, as one page."""
    return Page(items, 1, max(1, len(items)), len(items), False, False, "")


def page_of(queryset: QuerySet[M], request_params: Mapping[str, str], size: int = 50) -> Page[M]:
    """Return the page that `?page=` asks for; an odd or too deep number gives the nearest page.

    Two queries: the rows (one more than shown, to know whether there is a next page) and a count that
    stops at 1,000. The queryset must be ordered, or rows would repeat from page to page.
    """
    if not queryset.ordered:
        raise ValueError("a list in pages must be ordered")
    number = min(_number(request_params.get("page", "")), max(1, DEEPEST_ROW // size))
    start = (number - 1) * size
    rows = list(queryset[start : start + size + 1])
    counted = queryset.order_by()[: COUNT_TO + 1].count()
    deeper = start + size < DEEPEST_ROW
    return Page(
        items=rows[:size],
        number=number,
        size=size,
        count=min(counted, COUNT_TO),
        more_than_counted=counted > COUNT_TO,
        has_next=len(rows) > size and deeper,
        query=_other_params(request_params),
    )


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _other_params(params: Mapping[str, str]) -> str:
    """Return the filters of the address without the page, encoded."""
    if hasattr(params, "copy") and hasattr(params, "urlencode"):
        rest = params.copy()
        rest.pop("page", None)
        return str(rest.urlencode())
    return urlencode({name: value for name, value in params.items() if name != "page"})
