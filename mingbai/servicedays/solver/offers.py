"""Who offers to come to one place, by skill and day: looked up once, and kept while the place is served.

An offer does not depend on the day but for whether somebody is free: each person is looked at once, not once
a day. When somebody comes, only the skills they know and the one they came for are looked at anew.
"""

import numpy as np

from mingbai.servicedays.solver.choice import (
    NEVER,
    given_up,
    go,
    is_needed,
    may_hold,
    some_day_of,
    worth,
)  # fmt: skip
from mingbai.servicedays.solver.compiled import compiled
from mingbai.servicedays.solver.objective import DAY
from mingbai.servicedays.solver.roster import (
    ASKED,
    AT,
    COUNT,
    DAYS,
    FREE,
    FREES,
    HELD,
    HOLDS,
    KNOWS,
    LEAST,
    LEAVES,
    MOST,
    NEARS,
    OFFER,
    OUT,
    SERVED,
    SHARE,
    SKILLS,
    STALE,
    UNIT,
    WHO,
    near,
    offer,
    open_day,
    pd,
    td,
    tds,
    ts,
)  # fmt: skip

TURNS = 30
"""How many people and days a place is given at most."""


@compiled
def wants(a, t, s):
    return a[ts(a, SERVED, t, s)] < a[ts(a, COUNT, t, s)]


@compiled
def look(a, t, s, noise, steal):
    """The best offer of a skill for each day."""
    a[a[STALE] + s] = 0
    days, best, who = a[DAYS], offer(a, OFFER, s, 0), offer(a, WHO, s, 0)
    for day in range(days):
        a[best + day], a[who + day] = NEVER, -1
    must = a[a[LEAST] + s] > 0
    served = a[ts(a, SERVED, t, s)]
    if not must and not wants(a, t, s):
        return
    first, low = near(a, t, s, 0), NEVER
    for k in range(a[ts(a, NEARS, t, s)]):
        i = a[first + k]
        if not steal and a[a[OUT] + i] >= a[a[MOST] + i]:
            continue
        value = np.int64(worth(a, i, t, s, served) + noise * np.random.random())
        if (value > 0 or must) and value > low:
            if a[a[OUT] + i] < a[a[MOST] + i]:
                _look_at(a, i, s, value, -1)
            elif steal:
                other = some_day_of(a, i)
                if not is_needed(a, i, other):
                    _look_at(a, i, s, value - np.int64(given_up(a, i, other)), other)
            if steal and a[a[OUT] + i] > 0:
                _look_at_others(a, i, t, s, value)
            low = _least_offer(a, s)


@compiled
def _least_offer(a, s):
    """On the days that are asked for: who has less to offer need not be looked at."""
    low, best = -NEVER, offer(a, OFFER, s, 0)
    for day in range(a[DAYS]):
        if a[a[ASKED] + day] and a[best + day] < low:
            low = a[best + day]
    return low


@compiled
def _look_at(a, i, s, value, leaving):
    """What one person offers on days on which they stay at home."""
    best, who, leaves = offer(a, OFFER, s, 0), offer(a, WHO, s, 0), offer(a, LEAVES, s, 0)
    at, free = pd(a, AT, i, 0), pd(a, FREE, i, 0)
    for n in range(free, free + a[a[FREES] + i]):
        day = a[n]
        if value > a[best + day] and a[at + day] < 0:
            a[best + day], a[who + day], a[leaves + day] = value, i, leaving


@compiled
def _look_at_others(a, i, t, s, value):
    """What they offer on days on which they are elsewhere."""
    at, free = pd(a, AT, i, 0), pd(a, FREE, i, 0)
    best = offer(a, OFFER, s, 0)
    for n in range(free, free + a[a[FREES] + i]):
        day = a[n]
        if value > a[best + day] and a[at + day] >= 0 and a[at + day] != t and not is_needed(a, i, day):
            mine = value - np.int64(given_up(a, i, day))
            if mine > a[best + day]:
                a[best + day], a[offer(a, WHO, s, day)], a[offer(a, LEAVES, s, day)] = mine, i, day


@compiled
def begin(a, t):
    """Begin with a place: nothing is looked up yet."""
    for s in range(a[SKILLS]):
        a[a[STALE] + s] = 1
    for day in range(a[DAYS]):
        a[a[ASKED] + day] = a[td(a, HELD, t, day)] or may_hold(a, t, day, -1)


@compiled
def accept(a, t, day, s):
    """Whoever offered comes, if what they leave can still do without them."""
    i, leaving = a[offer(a, WHO, s, day)], a[offer(a, LEAVES, s, day)]
    if leaving < 0 or not is_needed(a, i, leaving):
        go(a, i, t, day, s, leaving)
    for other in range(a[SKILLS]):
        if other == s or a[ts(a, KNOWS, i, other)]:
            a[a[STALE] + other] = 1


@compiled
def fill(a, t, day, noise, steal):
    """Bring the least team; False where nobody is left for it."""
    for s in range(a[SKILLS]):
        while a[tds(a, t, day, s)] < a[a[LEAST] + s]:
            if a[a[STALE] + s]:
                look(a, t, s, noise, steal)
            if a[offer(a, WHO, s, day)] < 0:
                return False
            accept(a, t, day, s)
    return True


@compiled
def one_more(a, t, noise, steal):
    """Whoever pays best on any day of a place comes (who has a day left, unless `steal`); False: nobody."""
    best, when, what = noise / 2, -1, -1
    for s in range(a[SKILLS]):
        if a[a[HOLDS] + t] == 0 or not wants(a, t, s):
            continue
        if a[a[STALE] + s]:
            look(a, t, s, noise, steal)
        for day in range(a[DAYS]):
            if a[offer(a, OFFER, s, day)] > best and a[td(a, HELD, t, day)]:
                best, when, what = float(a[offer(a, OFFER, s, day)]), day, s
    if when >= 0:
        accept(a, t, when, what)
    return when >= 0


@compiled
def best_day(a, t, least, noise, steal):
    """The best day for one more service day, if worth more than `least` (NEVER: nobody for it); -1: none."""
    for s in range(a[SKILLS]):
        if a[a[STALE] + s]:
            look(a, t, s, noise, steal)
    best, when = least, -1
    for day in range(a[DAYS]):
        if not may_hold(a, t, day, -1):
            continue
        value = float(-DAY * UNIT) + noise * np.random.random()
        for s in range(a[SKILLS]):
            if a[a[LEAST] + s] or a[offer(a, OFFER, s, day)] > 0:
                value += a[offer(a, OFFER, s, day)]
        if value > best:
            best, when = value, day
    return when


@compiled
def serve(a, t, noise, steal, least):
    """People and days for a place as long as they pay, the first day from `least` on."""
    begin(a, t)
    for _turn in range(TURNS):
        if a[a[SHARE] + t] == 0:
            break
        if one_more(a, t, noise, steal):
            continue
        when = best_day(a, t, least, noise, steal)
        least = 0.0
        if when < 0:
            break
        open_day(a, t, when)
        if not fill(a, t, when, noise, steal):
            return False
    return True
