"""A plan that can be changed and taken back in a microsecond, with what it costs kept up to date.

All of it lies in one array of whole numbers, so that compiled steps pass one pointer: a head of sizes and of
offsets, then the fields. Money is whole millionths of the objective's unit, so that nothing drifts. Skills
are numbers here. `NAME` below is the head's cell that holds a size, or where a field begins.
"""

import numpy as np

from mingbai.servicedays.solver.compiled import compiled
from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import DAY, FAIR, KM, OTHER, UNEVEN, URGENT, WORST, Plan

UNIT = 1_000_000
_CELLS = 48
# Sizes, and what changes with every step: the sum of costs, the worst share's cost, how long the log is.
PEOPLE, PLACES, DAYS, SKILLS, MOST_HELD, GAP, WANTING, SUM, WORST_NOW, LOGGED = range(10)
# The month: (person, day) the k-th free day; (day, skill) the k-th person; the way's cost or -1; and so on.
(FREE, FREES, FREE_ON, HANDS, HAND, MOST, CAPACITY, WAY, KNOWS, COUNT, PRESSING, WANTED, WANTS, LEAST,
 OPEN) = range(10, 25)  # fmt: skip
# The plan: where who is on a day, for what, in which seat; days gone out; seats, their number, by skill; …
(AT, DOES, SEAT, OUT, TEAM, SIZE, WORK, HELD, ON, ONS, NTH, HOLDS, SERVED, OF_PLACE, SHARE,
 LOG) = range(25, 41)  # fmt: skip
# Who may go to a place for a skill, and (skill, day) the best offer for the place that is looked at.
NEARS, NEAR, OFFER, WHO, LEAVES, ASKED, STALE = range(41, 48)
_OPENED, _CLOSED, _JOINED, LEFT = range(4)
_HALF = int(FAIR * WORST * UNIT)


def skills_of(instance: Instance) -> list[str]:
    """The names behind the numbers of skills."""
    needed = {skill for needs in instance.needs_of for skill in needs}
    return sorted(needed | set(instance.min_team) | {s for person in instance.people for s in person.skills})


def _sizes(people: int, places: int, days: int, skills: int) -> dict[int, tuple[int, ...]]:
    return {
        FREE: (people, days), FREES: (people,), FREE_ON: (people, days), HANDS: (days, skills),
        HAND: (days, skills, people), MOST: (people,), CAPACITY: (people,), WAY: (people, places),
        KNOWS: (people, skills), COUNT: (places, skills), PRESSING: (places, skills), WANTED: (places,),
        WANTS: (places,), LEAST: (skills,), OPEN: (places, days), AT: (people, days),
        DOES: (people, days), SEAT: (people, days), OUT: (people,), TEAM: (places, days, people),
        SIZE: (places, days), WORK: (places, days, skills), HELD: (places, days), ON: (days, places),
        ONS: (days,), NTH: (places, days), HOLDS: (places,), SERVED: (places, skills),
        OF_PLACE: (places,), SHARE: (places,), NEARS: (places, skills),
        NEAR: (places, skills, people), OFFER: (skills, days), WHO: (skills, days), LEAVES: (skills, days),
        ASKED: (days,), STALE: (skills,), LOG: (200 * people + 4 * people * days + 4 * days + 256, 5),
    }  # fmt: skip


def roster_of(instance: Instance, plan: Plan) -> np.ndarray:
    """The array for a month with a plan in it."""
    skills = skills_of(instance)
    people, places, days = len(instance.people), len(instance.places), len(instance.days)
    sizes = _sizes(people, places, days, len(skills))
    a = np.zeros(_CELLS + sum(int(np.prod(shape)) for shape in sizes.values()), np.int64)
    a[[PEOPLE, PLACES, DAYS, SKILLS]] = people, places, days, len(skills)
    a[[MOST_HELD, GAP]] = instance.max_days_per_place, max(1, instance.min_gap_days)
    end, fields = _CELLS, {}
    for name, shape in sizes.items():
        size = int(np.prod(shape))
        a[name], fields[name], end = end, a[end : end + size].reshape(shape), end + size
    _write_people(fields, instance, skills)
    _write_places(a, fields, instance, skills)
    _write_near(fields)
    fields[AT][:] = -1
    for t in range(places):
        recount(a, t)
    for (t, day), team in plan.items():
        open_day(a, t, day)
        for i, skill in team.items():
            join(a, i, t, day, skills.index(skill))
        a[LOGGED] = 0
    return a


def _write_people(fields: dict[int, np.ndarray], instance: Instance, skills: list[str]) -> None:
    for i, person in enumerate(instance.people):
        fields[FREES][i], fields[FREE][i, : len(person.available)] = len(person.available), person.available
        fields[MOST][i], fields[CAPACITY][i] = person.most_days, person.capacity
        fields[FREE_ON][i, list(person.available)] = 1
        for skill in person.skills:
            s = skills.index(skill)
            fields[KNOWS][i, s] = 1
            for day in person.available if person.most_days else ():
                fields[HAND][day, s, fields[HANDS][day, s]] = i
                fields[HANDS][day, s] += 1
        for t in range(len(instance.places)):
            way = round(2 * KM * instance.km[i][t] * UNIT)
            fields[WAY][i, t] = way if instance.may_go(i, t) else -1


def _write_places(
    a: np.ndarray, fields: dict[int, np.ndarray], instance: Instance, skills: list[str]
) -> None:
    for (t, skill), need in instance.needs.items():
        s = skills.index(skill) if need.count else 0
        if need.count:
            fields[COUNT][t, s], fields[PRESSING][t, s] = need.count, need.urgent
    fields[WANTED][:] = instance.wanted
    wants = np.flatnonzero(fields[WANTED])
    a[WANTING], fields[WANTS][: len(wants)] = len(wants), wants
    fields[LEAST][:] = [instance.min_team.get(skill, 0) for skill in skills]
    for t, day in np.ndindex(fields[OPEN].shape):
        fields[OPEN][t, day] = instance.is_open(int(t), int(day))


def _write_near(fields: dict[int, np.ndarray]) -> None:
    """Who may go where for what, those first who are worth most there."""
    for t, s in np.ndindex(fields[NEARS].shape):
        helped = OTHER * UNIT * np.minimum(fields[CAPACITY], max(1, int(fields[COUNT][t, s])))
        may = (fields[KNOWS][:, s] > 0) & (fields[WAY][:, t] >= 0) & (fields[MOST] > 0)
        near = [i for i in np.argsort(fields[WAY][:, t] - helped, kind="stable") if may[i]]
        fields[NEARS][t, s], fields[NEAR][t, s, : len(near)] = len(near), near


def plan_in(a: np.ndarray, skills: list[str]) -> Plan:
    people, days = int(a[PEOPLE]), int(a[DAYS])
    plan: Plan = {}
    for i, day in np.ndindex(people, days):
        t = int(a[a[AT] + i * days + day])
        if t >= 0:
            plan.setdefault((t, int(day)), {})[int(i)] = skills[a[a[DOES] + i * days + day]]
    return plan


def cost(a: np.ndarray) -> float:
    """The objective of the plan as it stands (to rounding)."""
    return float(a[SUM] + a[WORST_NOW]) / UNIT


# ── where a cell is ──


@compiled
def pd(a, name, i, day):
    """Of a person on a day."""
    return a[name] + i * a[DAYS] + day


@compiled
def td(a, name, t, day):
    """Of a place on a day."""
    return a[name] + t * a[DAYS] + day


@compiled
def ts(a, name, t, s):
    """Of a skill at a place, or of a person."""
    return a[name] + t * a[SKILLS] + s


@compiled
def tds(a, t, day, s):
    return a[WORK] + (t * a[DAYS] + day) * a[SKILLS] + s


@compiled
def seat(a, t, day, n):
    return a[TEAM] + (t * a[DAYS] + day) * a[PEOPLE] + n


@compiled
def near(a, t, s, k):
    return a[NEAR] + (t * a[SKILLS] + s) * a[PEOPLE] + k


@compiled
def offer(a, name, s, day):
    return a[name] + s * a[DAYS] + day


@compiled
def way(a, i, t):
    return a[a[WAY] + i * a[PLACES] + t]


@compiled
def hand(a, day, s, k):
    return a[a[HAND] + (day * a[SKILLS] + s) * a[PEOPLE] + k]


# ── what changes the plan; each is logged ──


@compiled
def recount(a, t):
    """What a place has to pay, and the worst share of all."""
    left = 0
    total = 0
    for s in range(a[SKILLS]):
        served = a[ts(a, SERVED, t, s)]
        lacking = a[ts(a, COUNT, t, s)] - served
        if lacking > 0:
            left += lacking
            pressing = max(0, a[ts(a, PRESSING, t, s)] - served)
            total += UNIT * (OTHER * lacking + (URGENT - OTHER) * pressing)
    share = WORST * UNIT * left // a[a[WANTED] + t] if left > 0 else 0
    if share > _HALF:
        total += (share - _HALF) * UNEVEN // WORST
    a[SUM] += total - a[a[OF_PLACE] + t]
    a[a[OF_PLACE] + t] = total
    before = a[a[SHARE] + t]
    a[a[SHARE] + t] = share
    if share >= a[WORST_NOW]:
        a[WORST_NOW] = share
    elif before >= a[WORST_NOW]:
        a[WORST_NOW] = a[a[SHARE] : a[SHARE] + a[PLACES]].max()


@compiled
def _note(a, what, i, t, day, s):
    n = a[LOG] + 5 * a[LOGGED]
    a[n], a[n + 1], a[n + 2], a[n + 3], a[n + 4] = what, i, t, day, s
    a[LOGGED] += 1


@compiled
def open_day(a, t, day):
    a[td(a, HELD, t, day)] = 1
    a[a[HOLDS] + t] += 1
    n = a[a[ONS] + day]
    a[a[ON] + day * a[PLACES] + n] = t
    a[td(a, NTH, t, day)] = n
    a[a[ONS] + day] = n + 1
    a[SUM] += DAY * UNIT
    _note(a, _OPENED, 0, t, day, 0)


@compiled
def close_day(a, t, day):
    """Give up a service day that nobody goes to."""
    a[td(a, HELD, t, day)] = 0
    a[a[HOLDS] + t] -= 1
    n = a[a[ONS] + day] - 1
    last, k = a[a[ON] + day * a[PLACES] + n], a[td(a, NTH, t, day)]
    a[a[ON] + day * a[PLACES] + k] = last
    a[td(a, NTH, last, day)] = k
    a[a[ONS] + day] = n
    a[SUM] -= DAY * UNIT
    _note(a, _CLOSED, 0, t, day, 0)


@compiled
def join(a, i, t, day, s):
    n = a[td(a, SIZE, t, day)]
    a[seat(a, t, day, n)] = i
    a[pd(a, SEAT, i, day)] = n
    a[td(a, SIZE, t, day)] = n + 1
    a[pd(a, AT, i, day)], a[pd(a, DOES, i, day)] = t, s
    a[a[OUT] + i] += 1
    a[tds(a, t, day, s)] += 1
    a[ts(a, SERVED, t, s)] += a[a[CAPACITY] + i]
    a[SUM] += way(a, i, t)
    recount(a, t)
    _note(a, _JOINED, i, t, day, s)


@compiled
def leave(a, i, day):
    t, s = a[pd(a, AT, i, day)], a[pd(a, DOES, i, day)]
    n = a[td(a, SIZE, t, day)] - 1
    last, k = a[seat(a, t, day, n)], a[pd(a, SEAT, i, day)]
    a[seat(a, t, day, k)] = last
    a[pd(a, SEAT, last, day)] = k
    a[td(a, SIZE, t, day)] = n
    a[pd(a, AT, i, day)] = -1
    a[a[OUT] + i] -= 1
    a[tds(a, t, day, s)] -= 1
    a[ts(a, SERVED, t, s)] -= a[a[CAPACITY] + i]
    a[SUM] -= way(a, i, t)
    recount(a, t)
    _note(a, LEFT, i, t, day, s)


@compiled
def undo(a):
    """Take back everything since the log was last emptied."""
    n = a[LOGGED]
    while n > 0:
        n -= 1
        k = a[LOG] + 5 * n
        what, i, t, day, s = a[k], a[k + 1], a[k + 2], a[k + 3], a[k + 4]
        if what == _OPENED:
            close_day(a, t, day)
        elif what == _CLOSED:
            open_day(a, t, day)
        elif what == _JOINED:
            leave(a, i, day)
        else:
            join(a, i, t, day, s)
    a[LOGGED] = 0
