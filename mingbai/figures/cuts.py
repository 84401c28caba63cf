"""A figure taken apart by one of its dimensions: the parts add up to the whole, each opens what it counts.

What says nothing of the dimension is a part of its own, so is whoever is not this user's to see: every row
belongs to exactly one part.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel
from mingbai.cases.kinds import KINDS
from mingbai.figures.counting import by_value
from mingbai.figures.enums import Dimension
from mingbai.figures.perms import can_see_persons
from mingbai.figures.queries import rows_of
from mingbai.figures.registry import Indicator
from mingbai.figures.rules import Period, scaled
from mingbai.knowledge.enums import Topic
from mingbai.people.models import User, Worker
from mingbai.places.enums import Tier
from mingbai.places.queries import below, city, register

NOWHERE, OTHERS = "-", "others"
LAST = (OTHERS, NOWHERE)


@dataclass(frozen=True, slots=True)
class Part:
    """`key` names it in an address."""

    key: str
    name: str
    count: int | Decimal


class _Axis(Protocol):
    """Which part a value of the column belongs to, what it is called, and which rows are of it."""

    def key_of(self, value: Any) -> str: ...

    def name_of(self, key: str) -> str | None:
        """None: there is no such part, or not for this user."""

    def where(self, column: str, key: str) -> Q: ...


class Words:
    """Values that have a name each."""

    def __init__(self, names: Mapping[str, str | Promise]) -> None:
        self.names = names

    def key_of(self, value: Any) -> str:
        return value if value in self.names else NOWHERE

    def name_of(self, key: str) -> str | None:
        return _("没有登记") if key == NOWHERE else str(self.names[key]) if key in self.names else None

    def where(self, column: str, key: str) -> Q:
        if key != NOWHERE:
            return Q(**{column: key})
        return Q(**{f"{column}__isnull": True}) | ~Q(**{f"{column}__in": list(self.names)})


class Places:
    """The regions right below one, each with its subtree and what was merged into it."""

    def __init__(self, period: Period) -> None:
        self.places = register()
        children = self.places.children(period.region or city(), period.last)
        self.children = {row.code: row.name for row in children}

    @cached_property
    def child_of(self) -> dict[str, str]:
        """A region counts once, whatever was merged into what."""
        found: dict[str, str] = {}
        for child in sorted(self.children):
            for code in self.places.subtree(child):
                found.setdefault(code, child)
        return found

    def key_of(self, value: Any) -> str:
        return self.child_of.get(value, NOWHERE)

    def name_of(self, key: str) -> str | None:
        return _("直属或者地点不明") if key == NOWHERE else self.children.get(key)

    def where(self, column: str, key: str) -> Q:
        if key == NOWHERE:
            rest = self.places.regions.keys() - self.child_of.keys()
            return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__in": sorted(rest)})
        own = {code for code, child in self.child_of.items() if child == key}
        if own == self.places.subtree(key):
            return below(key, column)
        return Q(**{f"{column}__in": sorted(own)})


class Persons:
    """Whoever of the register this user sees; all others are one part."""

    def __init__(self, user: User) -> None:
        self.seen = Worker.objects.visible_to(user).order_by()

    @cached_property
    def names(self) -> dict[int, str]:
        return dict(self.seen.values_list("pk", "name"))

    def key_of(self, value: Any) -> str:
        if value is None:
            return NOWHERE
        return str(value) if value in self.names else OTHERS

    def name_of(self, key: str) -> str | None:
        if key in LAST:
            return _("没有登记") if key == NOWHERE else _("其他单位的人员")
        is_number = key.isascii() and key.isdigit() and len(key) < 10
        return self.names.get(int(key)) if is_number else None

    def where(self, column: str, key: str) -> Q:
        if key == NOWHERE:
            return Q(**{f"{column}__isnull": True})
        if key == OTHERS:
            seen = Q(**{f"{column}__in": self.seen.values("pk")})
            return Q(**{f"{column}__isnull": False}) & ~seen
        return Q(**{column: int(key)})


def _axis(by: Dimension, period: Period, user: User) -> _Axis:
    if by == Dimension.REGION:
        return Places(period)
    if by == Dimension.PERSON:
        return Persons(user)
    if by == Dimension.STATION:
        return Words({row.code: row.name for row in register().stations.values()})
    if by == Dimension.KIND:
        return Words({code: kind.label for code, kind in KINDS.items()})
    return Words(dict({Dimension.TIER: Tier, Dimension.CHANNEL: Channel, Dimension.TOPIC: Topic}[by].choices))


def dimensions(indicator: Indicator, user: User) -> list[Dimension]:
    """What this user may take it apart by."""
    return [by for by in indicator.cut if by != Dimension.PERSON or can_see_persons(user)]


class Cut:
    """One indicator of one period by one of its dimensions, as this user may see it."""

    def __init__(self, indicator: Indicator, by: Dimension, period: Period, user: User) -> None:
        self.indicator, self.by, self.period = indicator, by, period
        self._axis = _axis(by, period, user)

    def parts(self) -> list[Part]:
        """Those in which there is something, the most first; what has no name last."""
        counts: Counter[str] = Counter()
        for value, n in by_value(self.indicator.code, self.period, self.by).items():
            counts[self._axis.key_of(value)] += n
        order = sorted(counts.items(), key=lambda one: (one[0] in LAST, -one[1], one[0]))
        return [Part(key, self.name_of(key) or key, scaled(n, self.indicator.scale)) for key, n in order if n]

    def name_of(self, key: str) -> str | None:
        return self._axis.name_of(key)

    def count(self, key: str) -> int | Decimal:
        return next((one.count for one in self.parts() if one.key == key), scaled(0, self.indicator.scale))

    def rows(self, key: str) -> QuerySet[Any]:
        """What a part counts, with what a list shows of it."""
        found = rows_of(self.indicator, self.period)
        return found.filter(self._axis.where(self.indicator.cut[self.by], key))
