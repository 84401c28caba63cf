"""The integer model over slots: with days it plans exactly, without days it allocates and bounds.

A slot is a service day that may be held: at a place on a day, or at a place on some day (NO_DAY), up to
the month's number there. Slots with days only: every solution is a plan. Slots without days leave out
that people meet on one day, so the optimum is a lower bound of every plan. A locked part of a plan stays
as it is and counts as served; what is left of needs, people and days is what the model sees.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import DAY, FAIR, KM, OTHER, UNEVEN, URGENT, WORST, Plan, Slot

NO_DAY = -1
INF = float("inf")
Visit = tuple[int, Slot, str]
"""(person, slot, skill)."""
Pair = tuple[int, int, str]
"""(person, place, skill)."""
Term = tuple[int, float]


@dataclass
class Model:
    """Columns and rows as lists, ready for HiGHS; `visits` and `held` say which column means what."""

    cost: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[float, float, list[Term]]] = field(default_factory=list)
    offset: float = 0.0
    visits: dict[Visit, int] = field(default_factory=dict)
    held: dict[Slot, int] = field(default_factory=dict)
    on: dict[Slot, int] = field(default_factory=dict)
    shortages: list["Shortage"] = field(default_factory=list)
    worst: int = -1
    worst_low: float = 0.0

    def column(self, cost: float, low: float, high: float, *, whole: bool = False) -> int:
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.cost) - 1

    def at_least(self, low: float, terms: list[Term]) -> None:
        self.rows.append((low, INF, terms))

    def at_most(self, high: float, terms: list[Term]) -> None:
        self.rows.append((-INF, high, terms))


@dataclass
class Shortage:
    """What stays unserved at one place: its columns, to fill them in for a known plan."""

    wanted: int
    left: dict[str, int]
    pressing: dict[str, int]
    needs: dict[str, tuple[int, int]]
    """skill → (left, urgent left) after the locked part."""
    base: int = 0
    uneven: int = -1


@dataclass(frozen=True)
class Rest:
    """What the locked part of a plan leaves: days of people, service days of places, needs."""

    days: Counter[int]
    busy: frozenset[tuple[int, int]]
    held: Mapping[int, list[int]]
    served: Counter[tuple[int, str]]
    pairs: Collection[Pair] | None = None
    """Who may be thought of where; None: everybody."""

    @classmethod
    def of(cls, instance: Instance, locked: Plan, pairs: Collection[Pair] | None) -> "Rest":
        days: Counter[int] = Counter()
        served: Counter[tuple[int, str]] = Counter()
        held = defaultdict(list)
        for (t, day), team in locked.items():
            held[t].append(day)
            for i, skill in team.items():
                days[i] += 1
                served[t, skill] += instance.people[i].capacity
        busy = frozenset((i, day) for (_t, day), team in locked.items() for i in team)
        return cls(days, busy, held, served, pairs)


def build(
    instance: Instance,
    slots: Iterable[Slot],
    locked: Plan | None = None,
    pairs: Collection[Pair] | None = None,
) -> Model:
    """The model of everything that may still be chosen: `slots` (and `pairs`), beside what is locked."""
    model, rest = Model(), Rest.of(instance, locked or {}, pairs)
    for slot in slots:
        _add_slot(model, instance, rest, slot)
    _limit_people(model, instance, rest)
    _limit_places(model, instance, rest)
    _add_shortages(model, instance, rest)
    return model


def _add_slot(model: Model, instance: Instance, rest: Rest, slot: Slot) -> None:
    """Columns of one slot: held or not, who comes for what; and the least team."""
    t, day = slot
    gap, held = max(1, instance.min_gap_days), rest.held.get(t, [])
    most = instance.max_days_per_place - len(held)
    if most <= 0 or not instance.is_open(t, day) or slot in model.held:
        return
    if day != NO_DAY and any(abs(day - other) < gap for other in held):
        return
    found = _visits(instance, rest, slot)
    if any(len(found.get(skill, [])) < 1 for skill in instance.min_team) or not found:
        return
    if day == NO_DAY:
        most = min(most, (len(instance.days) - 1) // gap + 1)
    y = model.held[slot] = model.column(DAY, 0, 1 if day != NO_DAY else most, whole=True)
    by_person = defaultdict(list)
    for skill, people in found.items():
        for i in people:
            high = 1 if day != NO_DAY else min(most, instance.people[i].most_days - rest.days[i])
            x = model.column(2 * KM * instance.km[i][t], 0, high, whole=True)
            model.visits[i, slot, skill] = x
            by_person[i].append((x, 1.0))
    for terms in by_person.values():
        model.at_most(0, [*terms, (y, -1.0)])
    for skill, least in instance.min_team.items():
        team = [(model.visits[i, slot, skill], 1.0) for i in found[skill]]
        model.at_least(0, [*team, (y, -float(least))])


def _visits(instance: Instance, rest: Rest, slot: Slot) -> dict[str, list[int]]:
    """Who could come to a slot, by the skill they would work there."""
    t, day = slot
    found: dict[str, list[int]] = defaultdict(list)
    for i in instance.near[t]:
        if instance.people[i].most_days <= rest.days[i]:
            continue
        if day != NO_DAY and (day not in instance.free_days[i] or (i, day) in rest.busy):
            continue
        for skill in instance.useful(i, t):
            if rest.pairs is not None and (i, t, skill) not in rest.pairs:
                continue
            if instance.min_team.get(skill) or _need(instance, rest, t, skill)[0]:
                found[skill].append(i)
    return found


def _need(instance: Instance, rest: Rest, t: int, skill: str) -> tuple[int, int]:
    """(left, urgent left) after the locked part."""
    need = instance.needs_of[t].get(skill)
    if need is None:
        return 0, 0
    served = rest.served[t, skill]
    return max(0, need.count - served), max(0, need.urgent - served)


def _limit_people(model: Model, instance: Instance, rest: Rest) -> None:
    """A person's days in the month, and one place a day."""
    month, day_of = defaultdict(list), defaultdict(list)
    for (i, (_t, day), _skill), x in model.visits.items():
        month[i].append((x, 1.0))
        if day != NO_DAY:
            day_of[i, day].append((x, 1.0))
    for i, terms in month.items():
        model.at_most(instance.people[i].most_days - rest.days[i], terms)
    for terms in day_of.values():
        if len(terms) > 1:
            model.at_most(1, terms)


def spread(model: Model, instance: Instance) -> None:
    """Say on which days the service days without a day are held: who comes is free on enough of them.

    Still no plan, as a person may be at two places on a day; but the bound is much the better for it
    where people are rarely free together. Fills `model.on`.
    """
    days, gap = range(len(instance.days)), max(1, instance.min_gap_days)
    of_place: dict[int, dict[int, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for (i, (t, _day), _skill), x in model.visits.items():
        of_place[t][i].append((x, 1.0))
    for (t, _day), held in list(model.held.items()):
        on = {day: model.column(0, 0, 1, whole=True) for day in days if instance.is_open(t, day)}
        model.on.update({(t, day): column for day, column in on.items()})
        model.rows.append((0, 0, [(held, -1.0), *((column, 1.0) for column in on.values())]))
        for first in days:
            window = [(on[day], 1.0) for day in range(first, first + gap) if day in on]
            if len(window) > 1:
                model.at_most(1, window)
        for i, visits in of_place[t].items():
            free = [(on[day], -1.0) for day in instance.people[i].available if day in on]
            model.at_most(0, [*visits, *free])


def _limit_places(model: Model, instance: Instance, rest: Rest) -> None:
    """A place's service days in the month, and the days between them."""
    at: dict[int, list[Slot]] = defaultdict(list)
    for slot in model.held:
        at[slot[0]].append(slot)
    gap = max(1, instance.min_gap_days)
    for t, slots in at.items():
        most = instance.max_days_per_place - len(rest.held.get(t, []))
        if len(slots) > 1:
            model.at_most(most, [(model.held[slot], 1.0) for slot in slots])
        days = sorted(day for _t, day in slots if day != NO_DAY)
        for first in days:
            window = [day for day in days if first <= day < first + gap]
            if len(window) > 1:
                model.at_most(1, [(model.held[t, day], 1.0) for day in window])


def _add_shortages(model: Model, instance: Instance, rest: Rest) -> None:
    """Unserved needs, the worst share, and shares over half. Places without a slot are a constant."""
    served = defaultdict(list)
    for (i, (t, _day), skill), x in model.visits.items():
        served[t, skill].append((x, instance.people[i].capacity))
    held = defaultdict(list)
    for (t, _day), y in model.held.items():
        held[t].append(y)
    model.worst = model.column(WORST, 0, 1)
    for t, needs in enumerate(instance.needs_of):
        if not needs:
            continue
        after = {skill: _need(instance, rest, t, skill) for skill in needs}
        if t in held:
            _add_shortage(model, instance.wanted[t], after, {s: served[t, s] for s in needs}, held[t])
        else:
            _add_constant(model, instance.wanted[t], after)
    model.low[model.worst] = model.worst_low


def _add_constant(model: Model, wanted: int, after: dict[str, tuple[int, int]]) -> None:
    left, urgent = (sum(need[k] for need in after.values()) for k in (0, 1))
    share = left / wanted
    model.offset += OTHER * left + (URGENT - OTHER) * urgent + UNEVEN * max(0.0, share - FAIR)
    model.worst_low = max(model.worst_low, share)


def _add_shortage(
    model: Model,
    wanted: int,
    after: dict[str, tuple[int, int]],
    served: dict[str, list[tuple[int, int]]],
    held: list[int],
) -> None:
    short = Shortage(wanted, {}, {}, after)
    for skill, (count, urgent) in after.items():
        if not count:
            continue
        if not served[skill]:
            short.base += count
            model.offset += OTHER * count + (URGENT - OTHER) * urgent
            continue
        left = short.left[skill] = model.column(OTHER, 0, count)
        _cover(model, left, count, served[skill], held)
        if urgent:
            pressing = short.pressing[skill] = model.column(URGENT - OTHER, 0, urgent)
            _cover(model, pressing, urgent, served[skill], held)
    short.uneven = model.column(UNEVEN, 0, 1)
    shares = [(left, -1 / wanted) for left in short.left.values()]
    model.at_least(short.base / wanted - FAIR, [(short.uneven, 1.0), *shares])
    model.at_least(short.base / wanted, [(model.worst, 1.0), *shares])
    model.shortages.append(short)


def _cover(model: Model, left: int, count: int, served: list[tuple[int, int]], held: list[int]) -> None:
    """left ≥ count − served, where nobody serves more than there is, and nobody without a service day."""
    visits = [(x, float(min(capacity, count))) for x, capacity in served]
    model.at_least(count, [(left, 1.0), *visits])
    model.at_least(count, [(left, 1.0), *((y, float(count)) for y in held)])


def start_values(model: Model, instance: Instance, plan: Plan) -> np.ndarray | None:
    """Every column's value for a plan within the model; None where the plan is not within it."""
    values = np.zeros(len(model.cost))
    served: Counter[tuple[int, str]] = Counter()
    for slot, team in plan.items():
        if slot not in model.held:
            return None
        values[model.held[slot]] = 1
        for i, skill in team.items():
            if (i, slot, skill) not in model.visits:
                return None
            values[model.visits[i, slot, skill]] = 1
            served[slot[0], skill] += instance.people[i].capacity
    places = list(dict.fromkeys(t for t, _day in model.held))
    shortages = iter(model.shortages)
    worst = model.worst_low
    for t in sorted(t for t in places if instance.needs_of[t]):
        worst = max(worst, _fill(values, next(shortages), t, served))
    values[model.worst] = worst
    return values


def _fill(values: np.ndarray, short: Shortage, t: int, served: Counter[tuple[int, str]]) -> float:
    """Shortage columns of one place; its unserved share."""
    unserved = short.base
    for skill, column in short.left.items():
        values[column] = max(0, short.needs[skill][0] - served[t, skill])
        unserved += int(values[column])
    for skill, column in short.pressing.items():
        values[column] = max(0, short.needs[skill][1] - served[t, skill])
    share = unserved / short.wanted
    values[short.uneven] = max(0.0, share - FAIR)
    return share
