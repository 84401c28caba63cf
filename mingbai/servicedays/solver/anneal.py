"""Simulated annealing over plans: small steps by the hundred thousand, worse ones too while it is hot.

Where people are rarely free together no good part can be solved apart; a plan has to be moved bit by bit.
After Kirkpatrick, Gelatt and Vecchi (1983): a step that costs `d` more is kept with probability
exp(-d / heat), and the heat falls geometrically. Steps keep every rule; one that cannot be finished is
taken back.
"""

from collections.abc import Callable
from math import exp
from random import Random
from time import monotonic

from mingbai.servicedays.solver.instance import Instance
from mingbai.servicedays.solver.objective import Plan
from mingbai.servicedays.solver.roster import Roster

HOT, COLD = 200.0, 2.0
"""Heats at the start and the end, in units of the objective: two unserved needs; a few kilometres."""
LOOKS_EVERY = 64
SAYS_EVERY = 0.5
"""Seconds between two plans that are told: telling costs more than a thousand steps."""


def anneal(
    instance: Instance, plan: Plan, random: Random, seconds: float, tell: Callable[[Plan], None]
) -> Plan:
    """Return the best plan found; `tell` hears of better ones on the way."""
    if not (instance.people and instance.days):
        return plan
    roster = Roster(instance, plan, random)
    value = best = roster.cost
    kept, told_at = plan, monotonic()
    began, heat, turn = monotonic(), HOT, 0
    while True:
        turn += 1
        if turn % LOOKS_EVERY == 0:
            now = monotonic()
            if now - began >= seconds:
                break
            heat = HOT * (COLD / HOT) ** ((now - began) / seconds)
            if roster.cost < best - 0.005 and now - told_at > SAYS_EVERY:
                best, kept, told_at = roster.cost, roster.plan, now
                tell(kept)
        if not step(roster, random):
            roster.undo()
            continue
        cost = roster.cost
        if cost <= value or random.random() < exp((value - cost) / heat):
            value = cost
            roster.keep()
        else:
            roster.undo()
    if roster.cost < best:
        kept = roster.plan
        tell(kept)
    return kept


def step(roster: Roster, random: Random) -> bool:
    """One step of one kind; False where there is nothing to step on, or it could not be finished."""
    x = random.random()
    for share, kind in KINDS:
        x -= share
        if x < 0:
            return kind(roster, random)
    return KINDS[-1][1](roster, random)


def _go_elsewhere(roster: Roster, random: Random) -> bool:
    """A person joins a service day; on one day, or at the end of their days, they leave another for it."""
    i = random.randrange(roster.people)
    days = roster.instance.people[i].available
    if not days:
        return False
    day = days[int(random.random() * len(days))]
    t = roster.some_place_on(day)
    skills = roster.useful[i][t] if t >= 0 else []
    if not skills:
        return False
    skill = skills[int(random.random() * len(skills))]
    now = roster.at[i][day]
    if now >= 0:
        if (now == t and roster.slots[t, day][i] == skill) or not roster.leave(i, now, day):
            return False
    elif not roster.has_days_left(i):
        last = roster.some_day_of(i)
        if last < 0 or not roster.leave(i, roster.at[i][last], last):
            return False
    roster.join(i, t, day, skill)
    return True


def _stay_home(roster: Roster, random: Random) -> bool:
    i = random.randrange(roster.people)
    day = roster.some_day_of(i)
    return day >= 0 and roster.leave(i, roster.at[i][day], day)


def _replace(roster: Roster, random: Random) -> bool:
    """Another one comes instead; if that one is needed where they are, the two change places."""
    i = random.randrange(roster.people)
    day = roster.some_day_of(i)
    if day < 0:
        return False
    t = roster.at[i][day]
    skill = roster.slots[t, day][i]
    there = roster.there[day]
    j = there[int(random.random() * len(there))]
    if j == i or skill not in roster.useful[j][t] or roster.at[j][day] == t:
        return False
    is_free = roster.at[j][day] < 0
    elsewhere = -1 if is_free and roster.has_days_left(j) else roster.some_day_of(j) if is_free else day
    if elsewhere < 0 and not roster.has_days_left(j):
        return False  # may go on no day at all
    if elsewhere >= 0 and not roster.leave(j, roster.at[j][elsewhere], elsewhere):
        return _change(roster, (i, t, day, skill), j, elsewhere)
    roster.leave(i, t, day, forced=True)
    roster.join(j, t, day, skill)
    return True


def _change(roster: Roster, mine: tuple[int, int, int, int], j: int, elsewhere: int) -> bool:
    """`i` goes where `j` was needed, `j` where `i` was."""
    i, t, day, skill = mine
    other = roster.at[j][elsewhere]
    theirs = roster.slots[other, elsewhere][j]
    if theirs not in roster.useful[i][other]:
        return False
    if elsewhere != day and (roster.at[i][elsewhere] >= 0 or elsewhere not in roster.instance.free_days[i]):
        return False
    roster.leave(j, other, elsewhere, forced=True)
    roster.leave(i, t, day, forced=True)
    roster.join(i, other, elsewhere, theirs)
    roster.join(j, t, day, skill)
    return True


def _open(roster: Roster, random: Random) -> bool:
    """One more service day where something is lacking."""
    t = roster.some_place()
    day = random.randrange(roster.days)
    if t < 0 or roster.unserved[t] <= 0 or not roster.may_hold(t, day):
        return False
    roster.open(t, day)
    return roster.fill(t, day, random.randrange(4))


def _close(roster: Roster, random: Random) -> bool:
    slot = roster.some_slot()
    if slot is None:
        return False
    roster.empty(*slot)
    roster.close(*slot)
    return True


def _another_day(roster: Roster, random: Random) -> bool:
    """The same place on another day, with whoever is free then, and with others."""
    slot = roster.some_slot()
    if slot is None:
        return False
    (t, day), other = slot, random.randrange(roster.days)
    if other == day or not roster.may_hold(t, other, but=day):
        return False
    team = roster.empty(t, day)
    roster.close(t, day)
    roster.open(t, other)
    for i, skill in team:
        if other in roster.instance.free_days[i] and roster.at[i][other] < 0:
            roster.join(i, t, other, skill)
    return roster.fill(t, other, random.randrange(3))


def _another_place(roster: Roster, random: Random) -> bool:
    """The same day at another place, with whoever is of use there, and with others."""
    slot, other = roster.some_slot(), roster.some_place()
    if slot is None or other < 0 or other == slot[0] or roster.unserved[other] <= 0:
        return False
    t, day = slot
    if not roster.may_hold(other, day):
        return False
    team = roster.empty(t, day)
    roster.close(t, day)
    roster.open(other, day)
    for i, skill in team:
        if skill in roster.useful[i][other] and (roster.least[skill] or roster.gain(i, other, skill) > 0):
            roster.join(i, other, day, skill)
    return roster.fill(other, day, random.randrange(2))


KINDS: tuple[tuple[float, Callable[[Roster, Random], bool]], ...] = (
    (0.45, _go_elsewhere),
    (0.08, _stay_home),
    (0.19, _replace),
    (0.10, _open),
    (0.04, _close),
    (0.08, _another_day),
    (0.06, _another_place),
)
"""Shares of the kinds of steps; they add up to one."""
