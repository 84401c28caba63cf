"""The first plan, in a fraction of a second: the place that gains most, its best day, the people that pay."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import DAY, KM, OTHER, UNEVEN, URGENT, WORST, Plan, Slot

Team = dict[int, str]
MAX_SECONDS = 0.6
"""Beyond this a very large instance takes what there is: the first plan is due within a second."""


@dataclass
class Draft:
    """A plan in the making, with what is left of people and needs."""

    instance: Instance
    plan: Plan = field(default_factory=dict)
    served: Counter[tuple[int, str]] = field(default_factory=Counter)
    worked: Counter[int] = field(default_factory=Counter)
    busy: set[tuple[int, int]] = field(default_factory=set)

    def is_free(self, i: int, day: int) -> bool:
        """Whether a person who is available that day can still go out."""
        return self.worked[i] < self.instance.people[i].max_days and (i, day) not in self.busy

    def hold(self, slot: Slot, team: Team) -> None:
        """Add people to a service day, which begins with the first of them."""
        self.plan.setdefault(slot, {}).update(team)
        for i, skill in team.items():
            self.served[slot[0], skill] += self.instance.people[i].capacity
            self.worked[i] += 1
            self.busy.add((i, slot[1]))

    def days_open(self, t: int) -> list[int]:
        """Days on which a place can have one more service day."""
        held = [day for place, day in self.plan if place == t]
        gap = max(1, self.instance.min_gap_days)
        if len(held) >= self.instance.max_days_per_place:
            return []
        return [
            day
            for day in range(len(self.instance.days))
            if self.instance.is_open(t, day) and all(abs(day - other) >= gap for other in held)
        ]


def gain(instance: Instance, t: int, skill: str, served: int, more: int) -> float:
    """What `more` served needs of one skill save at a place, by the weights and an even share."""
    need = instance.needs_of[t].get(skill)
    if need is None:
        return 0.0
    left = max(0, need.count - served) - max(0, need.count - served - more)
    pressing = max(0, need.urgent - served) - max(0, need.urgent - served - more)
    fair = (UNEVEN + WORST / 10) * left / instance.wanted[t]
    return OTHER * left + (URGENT - OTHER) * pressing + fair


def greedy(instance: Instance) -> Plan:
    """A valid plan, in well under a second for a city; empty where nobody can go."""
    draft, until = Draft(instance), monotonic() + MAX_SECONDS
    by_day = [
        {i for i, person in enumerate(instance.people) if day in set(person.available)}
        for day in range(len(instance.days))
    ]
    waiting = {t for t in range(len(instance.places)) if instance.wanted[t] and instance.near[t]}
    while waiting and monotonic() < until:
        t = max(waiting, key=lambda t: (_want(draft, t), -t))
        best = max(
            ((*_team(draft, t, day, by_day[day]), -day) for day in draft.days_open(t)),
            key=lambda found: (found[0], found[2]),
            default=(0.0, {}, 0),
        )
        if best[0] > 0:
            draft.hold((t, -best[2]), best[1])
        else:
            waiting.discard(t)
    return draft.plan


def _want(draft: Draft, t: int) -> float:
    needs = draft.instance.needs_of[t]
    return sum(gain(draft.instance, t, s, draft.served[t, s], need.count) for s, need in needs.items())


def _team(draft: Draft, t: int, day: int, there: set[int]) -> tuple[float, Team]:
    """The team that pays best at a place on a day, and what it saves; (0, {}) without a least team."""
    instance = draft.instance
    free = [i for i in instance.near[t] if i in there and draft.is_free(i, day)]
    team: Team = {}
    served = {skill: draft.served[t, skill] for skill in instance.needs_of[t]}
    value = -float(DAY)
    for skill, least in instance.min_team.items():
        value += _join(instance, t, [skill], free, team, served, least, forced=True)
        if sum(own == skill for own in team.values()) < least:
            return 0.0, {}
    value += _join(instance, t, list(instance.needs_of[t]), free, team, served, len(free), forced=False)
    return (value, team) if team else (0.0, {})


def _join(
    instance: Instance,
    t: int,
    skills: list[str],
    free: list[int],
    team: Team,
    served: dict[str, int],
    places: int,
    *,
    forced: bool,
) -> float:
    """Let up to `places` people join, the best each time; unless forced, only who pays for the way."""
    value = 0.0
    for _turn in range(places):
        best, who, what = 0.0 if not forced else -1e18, -1, ""
        for i in free:
            if i in team:
                continue
            for skill in instance.people[i].skills:
                if skill not in skills:
                    continue
                capacity = instance.people[i].capacity
                # A day of a person is worth keeping for a place where it serves more.
                worth = gain(instance, t, skill, served.get(skill, 0), capacity) - 2 * KM * instance.km[i][t]
                if worth > best:
                    best, who, what = worth, i, skill
        if who < 0:
            break
        team[who] = what
        served[what] = served.get(what, 0) + instance.people[who].capacity
        value += best
    return value
