"""Large-neighbourhood search: free a part of the plan, solve that part exactly, keep what is better.

Three kinds of parts: a few places with all their days; a few days with all their places; and the whole
calendar as it is with some more slots to choose from. Sizes follow from how long the last ones took.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from random import Random
from time import monotonic

from mingbai.servicedays.solver import highs
from mingbai.servicedays.solver.bound import Drawing
from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Plan, Slot, score
from mingbai.servicedays.solver.slots import Model, build, start_values

SECONDS = 1.0
"""What one part may take; the size of the next follows from it."""
FIRST_SHARE = 0.5
"""Of the time, what the first part may take: everybody anew on the days as they are."""
PART_GAP = 2e-5
WORTH_TRACING = 0.005
"""A drawing is followed when it is better by this share than the last one, and than the plan."""
TRACE_SHARE = 0.2
"""Of the time that is left, what each of the two ways to follow a drawing may take."""


@dataclass
class Kind:
    """One kind of neighbourhood, its size, and what it has brought of late."""

    free: Callable[["Search", float], tuple[set[Slot], list[Slot]]]
    size: float
    least: float
    most: float
    merit: float = 1.0

    def learn(self, gained: float, seconds: float, *, proven: bool) -> None:
        """More of what pays per second; larger where it was quick, smaller where it was not finished."""
        self.merit = 0.7 * self.merit + 0.3 * gained / max(0.05, seconds)
        factor = 1.15 if proven and seconds < SECONDS / 2 else 1 if proven else 0.8
        self.size = min(self.most, max(self.least, self.size * factor))


@dataclass
class Search:
    """The best plan so far and who is told of a better one."""

    instance: Instance
    plan: Plan
    random: Random
    until: float
    tell: Callable[[Plan], None]
    drawn: Callable[[], Drawing | None] = lambda: None
    """What the relaxation has drawn meanwhile, if anything."""
    sent: Callable[[], Plan | None] = lambda: None
    """A better plan that somebody else has found meanwhile, if any."""
    traced: float = inf
    """What the last drawing that was followed would cost."""
    value: float = 0.0
    kinds: list[Kind] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.value = score(self.instance, self.plan).objective
        many = max(4, len(self.instance.places))
        self.kinds = [
            Kind(_places, 4, 2, many),
            Kind(_days, 2, 1, max(1, len(self.instance.days))),
            Kind(_calendar, 20, 4, 22 * many),
        ]

    @property
    def left(self) -> float:
        return self.until - monotonic()

    def take(self, plan: Plan) -> float:
        """Keep a plan if it is better; what it gained."""
        value = score(self.instance, plan).objective
        gained = self.value - value
        if gained > 0.004:
            self.plan, self.value = plan, value
            self.tell(plan)
            return gained
        return 0.0

    def run(self) -> None:
        """Until the time is up; each round one kind, those that paid more often."""
        self.part(set(self.plan), [], FIRST_SHARE * self.left)
        while self.left > 0.1:
            self.hear(self.sent())
            drawing = self.drawn()
            if drawing is not None and drawing.value < (1 - WORTH_TRACING) * min(self.traced, self.value):
                self.trace(drawing)
            weights = [0.05 * sum(k.merit for k in self.kinds) + k.merit + 1e-9 for k in self.kinds]
            kind = self.random.choices(self.kinds, weights)[0]
            self.round(kind)

    def hear(self, plan: Plan | None) -> None:
        """Go on from another's plan where it is better; whoever sent it has told of it."""
        if plan is not None and (value := score(self.instance, plan).objective) < self.value:
            self.plan, self.value = plan, value

    def trace(self, drawing: Drawing) -> None:
        """Make a plan of a drawing: its days with whatever people, then its people on whatever days."""
        self.traced = drawing.value
        places = dict.fromkeys(t for t, _day in drawing.calendar)
        slots = [slot for t in places for slot in open_slots(self.instance, t)]
        for model in (
            build(self.instance, drawing.calendar, {}),
            build(self.instance, slots, {}, drawing.pairs),
        ):
            limits = highs.Limits(min(TRACE_SHARE * self.left, 5.0), 2e-3, self.random.randrange(1000))
            found = highs.solve(model, limits)
            if found.values is not None:
                self.take(plan_in(model, found.values))

    def round(self, kind: Kind) -> None:
        began = monotonic()
        freed, slots = kind.free(self, kind.size)
        gained, proven = self.part(freed, slots, min(1.5 * SECONDS, self.left))
        kind.learn(gained, monotonic() - began, proven=proven)

    def part(self, freed: set[Slot], slots: list[Slot], seconds: float) -> tuple[float, bool]:
        """Solve the part in which `freed` are not locked and `slots` may be held."""
        inside = {slot: team for slot, team in self.plan.items() if slot in freed}
        locked = {slot: team for slot, team in self.plan.items() if slot not in freed}
        model = build(self.instance, [*inside, *slots], locked)
        start = start_values(model, self.instance, inside)
        limits = highs.Limits(seconds, PART_GAP, self.random.randrange(1000))
        found = highs.solve(model, limits, start)
        if found.values is None:
            return 0.0, False
        proven = found.objective - found.bound <= max(1.0, 1e-3 * self.value)
        return self.take({**locked, **plan_in(model, found.values)}), proven


def plan_in(model: Model, values: "highs.np.ndarray") -> Plan:
    """The service days that a solution holds; days without anybody are none."""
    plan: Plan = {}
    for (i, slot, skill), column in model.visits.items():
        if values[column] > 0.5:
            plan.setdefault(slot, {})[i] = skill
    return plan


def open_slots(instance: Instance, t: int) -> Iterator[Slot]:
    return ((t, day) for day in range(len(instance.days)) if instance.is_open(t, day))


def _pull(search: Search) -> list[float]:
    """How much each place draws the search: what it lacks, and a little for every place."""
    served: Counter[tuple[int, str]] = Counter()
    for (t, _day), team in search.plan.items():
        for i, skill in team.items():
            served[t, skill] += search.instance.people[i].capacity
    return [
        1 + sum(max(0, need.count - served[t, skill]) for skill, need in needs.items()) ** 0.5
        for t, needs in enumerate(search.instance.needs_of)
    ]


def _places(search: Search, size: float) -> tuple[set[Slot], list[Slot]]:
    """A place and those that share its people (or some anywhere), with all their days."""
    instance, random = search.instance, search.random
    pull = _pull(search)
    candidates = [t for t in range(len(instance.places)) if instance.wanted[t] and instance.near[t]]
    if not candidates:
        return set(), []
    first = random.choices(candidates, [pull[t] for t in candidates])[0]
    shared = _sharing(search, first)
    keys = {t: random.random() ** (1 / (pull[t] * (1 + 2 * shared[t]))) for t in candidates if t != first}
    chosen = {first, *sorted(keys, key=lambda t: -keys[t])[: max(1, round(size) - 1)]}
    freed = {slot for slot in search.plan if slot[0] in chosen}
    return freed, [slot for t in sorted(chosen) for slot in open_slots(instance, t)]


def _sharing(search: Search, first: int) -> Counter[int]:
    """How many people of `first` each other place has, too."""
    people = {i for (t, _day), team in search.plan.items() if t == first for i in team}
    return Counter(t for (t, _day), team in search.plan.items() for i in team if i in people)


def _days(search: Search, size: float) -> tuple[set[Slot], list[Slot]]:
    """A few days: every place that wants something may have them."""
    instance, random = search.instance, search.random
    days = set(random.sample(range(len(instance.days)), min(len(instance.days), max(1, round(size)))))
    freed = {slot for slot in search.plan if slot[1] in days}
    places = [t for t in range(len(instance.places)) if instance.wanted[t]]
    return freed, [(t, day) for t in places for day in sorted(days) if instance.is_open(t, day)]


def _calendar(search: Search, size: float) -> tuple[set[Slot], list[Slot]]:
    """All that is planned, and `size` more slots to move to."""
    instance = search.instance
    every = [
        slot for t in range(len(instance.places)) if instance.wanted[t] for slot in open_slots(instance, t)
    ]
    more = search.random.sample(every, min(len(every), round(size)))
    return set(search.plan), more
