"""Who and which day would be best: what the steps of annealing ask of a roster, compiled."""

import numpy as np

from mingbai.servicedays.solver.compiled import compiled
from mingbai.servicedays.solver.objective import OTHER, URGENT
from mingbai.servicedays.solver.roster import (
    AT,
    CAPACITY,
    COUNT,
    DAYS,
    DOES,
    FREE,
    FREES,
    GAP,
    HANDS,
    HELD,
    HOLDS,
    KNOWS,
    LEAST,
    MOST,
    MOST_HELD,
    ON,
    ONS,
    OPEN,
    OUT,
    PLACES,
    PRESSING,
    SERVED,
    SIZE,
    SKILLS,
    UNIT,
    close_day,
    hand,
    join,
    leave,
    pd,
    seat,
    td,
    tds,
    ts,
    way,
)  # fmt: skip

NEVER = -(10**18)


@compiled
def below(n):
    return int(np.random.random() * n)


@compiled
def worth(a, i, t, s, served):
    """What i is worth at a place for a skill of which so much is served: needs, less the way."""
    more = served + a[a[CAPACITY] + i]
    count, pressing = a[ts(a, COUNT, t, s)], a[ts(a, PRESSING, t, s)]
    needs = OTHER * max(0, min(count, more) - served)
    needs += (URGENT - OTHER) * max(0, min(pressing, more) - served)
    return float(UNIT * needs - way(a, i, t))


@compiled
def given_up(a, i, day):
    """What is lost when i leaves a day."""
    t, s = a[pd(a, AT, i, day)], a[pd(a, DOES, i, day)]
    return worth(a, i, t, s, a[ts(a, SERVED, t, s)] - a[a[CAPACITY] + i])


@compiled
def counts(a, i, t, s):
    """Whether i may work a skill at a place, and it is of use there."""
    if way(a, i, t) < 0 or a[ts(a, KNOWS, i, s)] == 0:
        return False
    return a[ts(a, COUNT, t, s)] > 0 or a[a[LEAST] + s] > 0


@compiled
def is_needed(a, i, day):
    """Whether the least team would break without i."""
    s = a[pd(a, DOES, i, day)]
    return a[tds(a, a[pd(a, AT, i, day)], day, s)] <= a[a[LEAST] + s]


@compiled
def some_day_of(a, i):
    """A day on which a person goes out; -1: none."""
    if a[a[OUT] + i] == 0:
        return -1
    k = below(a[a[OUT] + i])
    for n in range(a[a[FREES] + i]):
        day = a[pd(a, FREE, i, n)]
        if a[pd(a, AT, i, day)] >= 0:
            if k == 0:
                return day
            k -= 1
    return -1


@compiled
def day_to_leave(a, i, day):
    """What i has to give up to go out on `day`: that day, another one; -1 nothing; -2 cannot."""
    if a[pd(a, AT, i, day)] >= 0:
        return day
    if a[a[OUT] + i] < a[a[MOST] + i]:
        return -1
    other = some_day_of(a, i)
    return other if other >= 0 else -2


@compiled
def some_place_on(a, day):
    n = a[a[ONS] + day]
    return a[a[ON] + day * a[PLACES] + below(n)] if n else -1


@compiled
def may_hold(a, t, day, but):
    """Whether a place can have a service day then; `but`: one that is given up for it, or -1."""
    if not a[td(a, OPEN, t, day)] or a[a[HOLDS] + t] - (but >= 0) >= a[MOST_HELD]:
        return False
    for other in range(max(0, day - a[GAP] + 1), min(a[DAYS], day + a[GAP])):
        if other != but and a[td(a, HELD, t, other)]:
            return False
    return True


@compiled
def go(a, i, t, day, s, leaving):
    if leaving >= 0:
        leave(a, i, leaving)
    join(a, i, t, day, s)


@compiled
def shut(a, t, day):
    while a[td(a, SIZE, t, day)] > 0:
        leave(a, a[seat(a, t, day, a[td(a, SIZE, t, day)] - 1)], day)
    close_day(a, t, day)


@compiled
def best_hand(a, t, day, s, least, noise, trust, steal, but=-1):
    """(worth, who, what they leave) of who (but one) is best at a service day, if worth more than `least`."""
    best, who, leaving = least, -1, -1
    served = a[ts(a, SERVED, t, s)]
    for k in range(a[a[HANDS] + day * a[SKILLS] + s]):
        i = hand(a, day, s, k)
        if i == but or way(a, i, t) < 0 or a[pd(a, AT, i, day)] == t:
            continue
        if not steal and (a[pd(a, AT, i, day)] >= 0 or a[a[OUT] + i] >= a[a[MOST] + i]):
            continue
        value = worth(a, i, t, s, served) + noise * np.random.random()
        if value <= best:
            continue
        left = day_to_leave(a, i, day)
        if left >= 0:
            if trust == 0.0 and is_needed(a, i, left):
                continue
            value -= (1.0 - trust) * given_up(a, i, left)
        if left > -2 and value > best:
            best, who, leaving = value, i, left
    return best, who, leaving


@compiled
def employ(a, i, noise):
    """Who has a day left goes where it pays most, if it does."""
    best, where, when, what = 0.0, -1, -1, -1
    for n in range(a[a[FREES] + i] if a[a[OUT] + i] < a[a[MOST] + i] else 0):
        day = a[pd(a, FREE, i, n)]
        if a[pd(a, AT, i, day)] >= 0:
            continue
        for k in range(a[a[ONS] + day]):
            t = a[a[ON] + day * a[PLACES] + k]
            for s in range(a[SKILLS]):
                if counts(a, i, t, s):
                    value = worth(a, i, t, s, a[ts(a, SERVED, t, s)]) - noise * np.random.random()
                    if value > best:
                        best, where, when, what = value, t, day, s
    if where >= 0:
        join(a, i, where, when, what)
