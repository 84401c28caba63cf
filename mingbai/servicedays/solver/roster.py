"""A plan that can be changed and taken back quickly, with what it costs kept up to date.

Skills are numbers here; everything a step asks is looked up, nothing is counted anew.
"""

from collections.abc import Iterator
from random import Random

from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import DAY, FAIR, KM, OTHER, UNEVEN, URGENT, WORST, Plan, Slot

_OPENED, _CLOSED, _JOINED, _LEFT = range(4)
LIKES_ONE_SKILL = 30.0
"""Who knows several skills is kept for where others lack; in units of the objective."""
LOOSE = 55.0
"""How far a choice of people is left to chance: the nearest is not always the best."""
ENOUGH = 400.0
"""A forced place in the least team looks at needs only so far: somebody has to come."""


class Roster:
    """`slots`: (place, day) → person → skill. `at[i][day]`: place or -1. `unserved`: share by place."""

    def __init__(self, instance: Instance, plan: Plan, random: Random) -> None:
        self.instance, self.random = instance, random
        self.people, self.days = len(instance.people), len(instance.days)
        self.skills = _skills(instance)
        self._number = {skill: n for n, skill in enumerate(self.skills)}
        self.least = [instance.min_team.get(skill, 0) for skill in self.skills]
        self._teams = [(n, least) for n, least in enumerate(self.least) if least]
        self._set_costs()
        self._set_people()
        self.slots: dict[Slot, dict[int, int]] = {}
        self._held: list[list[int]] = [[] for _place in instance.places]
        self._on: list[list[int]] = [[] for _day in range(self.days)]
        self._log: list[tuple[int, ...]] = []
        for (t, day), team in plan.items():
            self.open(t, day)
            for i, skill in team.items():
                self.join(i, t, day, self._number[skill])
        self.keep()

    def _set_costs(self) -> None:
        """What k served needs of a skill leave to pay at a place, for every k."""
        instance = self.instance
        self._count = [[0] * len(self.skills) for _place in instance.places]
        self._costs: list[list[list[int]]] = [[[] for _skill in self.skills] for _place in instance.places]
        for t, needs in enumerate(instance.needs_of):
            for skill, need in needs.items():
                n = self._number[skill]
                self._count[t][n] = need.count
                self._costs[t][n] = [
                    OTHER * (need.count - k) + (URGENT - OTHER) * max(0, need.urgent - k)
                    for k in range(need.count + 1)
                ]
        self._served = [[0] * len(self.skills) for _place in instance.places]
        self.unserved = [0.0] * len(instance.places)
        self._of_place = [0.0] * len(instance.places)
        self._sum = 0.0
        self._wanting = [t for t in range(len(instance.places)) if instance.wanted[t]]
        for t in range(len(instance.places)):
            self._recount(t)

    def _set_people(self) -> None:
        instance = self.instance
        self._capacity = [person.capacity for person in instance.people]
        self._most = [person.most_days for person in instance.people]
        self._ways = [[2 * KM * km for km in row] for row in instance.km]
        self.useful = [[self._useful(i, t) for t in range(len(instance.places))] for i in range(self.people)]
        self.there = [
            [i for i in range(self.people) if day in instance.free_days[i]] for day in range(self.days)
        ]
        self.at = [[-1] * self.days for _person in range(self.people)]
        self._out: list[list[int]] = [[] for _person in range(self.people)]
        self._several = [LIKES_ONE_SKILL * (len(person.skills) > 1) for person in instance.people]

    def _useful(self, i: int, t: int) -> list[int]:
        if not self.instance.may_go(i, t):
            return []
        return [self._number[skill] for skill in self.instance.useful(i, t)]

    # ── what it costs ──

    @property
    def cost(self) -> float:
        """The objective of the plan as it stands (to rounding)."""
        return self._sum + WORST * max(self.unserved, default=0.0)

    @property
    def plan(self) -> Plan:
        return {slot: {i: self.skills[n] for i, n in team.items()} for slot, team in self.slots.items()}

    def _recount(self, t: int) -> None:
        cost, left = 0.0, 0
        for n, served in enumerate(self._served[t]):
            lacking = self._count[t][n] - served
            if lacking > 0:
                cost += self._costs[t][n][served]
                left += lacking
        if left:
            share = left / self.instance.wanted[t]
            if share > FAIR:
                cost += UNEVEN * (share - FAIR)
            self.unserved[t] = share
        else:
            self.unserved[t] = 0.0
        self._sum += cost - self._of_place[t]
        self._of_place[t] = cost

    def gain(self, i: int, t: int, skill: int) -> float:
        """What a person would serve at a place, by the weights of needs."""
        served, count = self._served[t][skill], self._count[t][skill]
        if served >= count:
            return 0.0
        costs = self._costs[t][skill]
        return costs[served] - costs[min(count, served + self._capacity[i])]

    # ── what can be chosen ──

    def has_days_left(self, i: int) -> bool:
        return len(self._out[i]) < self._most[i]

    def some_day_of(self, i: int) -> int:
        """A day on which a person goes out; -1: none."""
        days = self._out[i]
        return days[int(self.random.random() * len(days))] if days else -1

    def some_place_on(self, day: int) -> int:
        """A place that has its service day then; -1: none."""
        places = self._on[day]
        return places[int(self.random.random() * len(places))] if places else -1

    def some_place(self) -> int:
        places = self._wanting
        return places[int(self.random.random() * len(places))] if places else -1

    def some_slot(self) -> Slot | None:
        day = int(self.random.random() * self.days)
        t = self.some_place_on(day)
        return None if t < 0 else (t, day)

    def may_hold(self, t: int, day: int, but: int = -1) -> bool:
        """Whether a place can have a service day then; `but`: one that is given up for it."""
        if not self.instance.is_open(t, day):
            return False
        gap, held = max(1, self.instance.min_gap_days), [other for other in self._held[t] if other != but]
        return len(held) < self.instance.max_days_per_place and all(abs(day - one) >= gap for one in held)

    # ── what changes it ──

    def open(self, t: int, day: int) -> None:
        self.slots[t, day] = {}
        self._held[t].append(day)
        self._on[day].append(t)
        self._sum += DAY
        self._log.append((_OPENED, t, day))

    def close(self, t: int, day: int) -> None:
        """Give up a service day that nobody goes to."""
        del self.slots[t, day]
        self._held[t].remove(day)
        self._on[day].remove(t)
        self._sum -= DAY
        self._log.append((_CLOSED, t, day))

    def join(self, i: int, t: int, day: int, skill: int) -> None:
        self.slots[t, day][i] = skill
        self.at[i][day] = t
        self._out[i].append(day)
        self._served[t][skill] += self._capacity[i]
        self._sum += self._ways[i][t]
        self._recount(t)
        self._log.append((_JOINED, i, t, day))

    def leave(self, i: int, t: int, day: int, *, forced: bool = False) -> bool:
        """Go from a service day; False where the least team would break, unless `forced`."""
        team = self.slots[t, day]
        skill = team[i]
        least = 0 if forced else self.least[skill]
        if least and sum(own == skill for own in team.values()) <= least:
            return False
        del team[i]
        self.at[i][day] = -1
        self._out[i].remove(day)
        self._served[t][skill] -= self._capacity[i]
        self._sum -= self._ways[i][t]
        self._recount(t)
        self._log.append((_LEFT, i, t, day, skill))
        return True

    def empty(self, t: int, day: int) -> list[tuple[int, int]]:
        """Everybody leaves; who was there, for what."""
        team = list(self.slots[t, day].items())
        for i, _skill in team:
            self.leave(i, t, day, forced=True)
        return team

    def fill(self, t: int, day: int, more: int) -> bool:
        """Bring the least team, and up to `more` whom it pays to send; False where nobody is left for it."""
        team = self.slots[t, day]
        for skill, least in self._teams:
            for _one in range(least - sum(own == skill for own in team.values())):
                found = max(self._forced(t, day, skill), default=None)
                if found is None:
                    return False
                self.join(found[1], t, day, skill)
        for _one in range(more):
            best = max(self._paying(t, day), default=None)
            if best is None:
                break
            self.join(best[1], t, day, best[2])
        return True

    def _free(self, day: int) -> Iterator[int]:
        for i in self.there[day]:
            if self.at[i][day] < 0 and len(self._out[i]) < self._most[i]:
                yield i

    def _forced(self, t: int, day: int, skill: int) -> Iterator[tuple[float, int]]:
        for i in self._free(day):
            if skill in self.useful[i][t]:
                worth = min(self.gain(i, t, skill), ENOUGH) - self._ways[i][t] - self._several[i]
                yield worth + LOOSE * self.random.random(), i

    def _paying(self, t: int, day: int) -> Iterator[tuple[float, int, int]]:
        for i in self._free(day):
            for skill in self.useful[i][t]:
                gain = self.gain(i, t, skill)
                worth = gain - self._ways[i][t] + LOOSE * self.random.random()
                if gain > 0 and worth > 0:
                    yield worth, i, skill

    # ── taking back ──

    def keep(self) -> None:
        self._log.clear()

    def undo(self) -> None:
        """Take back everything since the last `keep`."""
        log, self._log = self._log, []
        for entry in reversed(log):
            match entry[0]:
                case 0:
                    self.close(entry[1], entry[2])
                case 1:
                    self.open(entry[1], entry[2])
                case 2:
                    self.leave(entry[1], entry[2], entry[3], forced=True)
                case _:
                    self.join(entry[1], entry[2], entry[3], entry[4])
        self._log.clear()


def _skills(instance: Instance) -> list[str]:
    needed = {skill for needs in instance.needs_of for skill in needs}
    return sorted(needed | set(instance.min_team) | {s for person in instance.people for s in person.skills})
