"""The steps that annealing tries, compiled; each keeps every rule, or says False and is taken back.

Small ones move a person. Long ones make room: a *chain* fills the hole that somebody leaves, and the hole
that this leaves, as far as it pays; a *ruin* closes days of a few places and serves those places anew
(Schrimpf and others 2000: ruin and recreate).
"""

from math import exp

import numpy as np

from mingbai.servicedays.solver.choice import (
    NEVER,
    below,
    best_hand,
    counts,
    day_to_leave,
    employ,
    go,
    is_needed,
    may_hold,
    shut,
    some_day_of,
    some_place_on,
)  # fmt: skip
from mingbai.servicedays.solver.compiled import compiled
from mingbai.servicedays.solver.offers import begin, fill, one_more, serve
from mingbai.servicedays.solver.roster import (
    AT,
    COUNT,
    DAYS,
    DOES,
    FREE,
    FREE_ON,
    FREES,
    HANDS,
    HELD,
    LEAST,
    LEFT,
    LOG,
    LOGGED,
    MOST,
    OF_PLACE,
    PEOPLE,
    SERVED,
    SHARE,
    SIZE,
    SKILLS,
    SUM,
    UNIT,
    WANTING,
    WANTS,
    WORST_NOW,
    close_day,
    hand,
    join,
    leave,
    open_day,
    pd,
    seat,
    td,
    tds,
    ts,
    undo,
    way,
)  # fmt: skip

LINKS = 4
"""How long a chain gets."""
MADE_GOOD = 0.5
"""The share of what somebody leaves behind that the next link is trusted to make good."""
RUINED = 3
"""How many places a ruin takes at most."""
HEALED = 8
"""How many places that lost somebody on the way are served anew at most."""
DRAWN = 3
"""Of how many places a ruin begins with the one that costs most."""
STEALS = 0.15
"""How often a ruin takes people from other places; it is then four times as slow."""
LEVELLED = 4
"""How many places that lack most are served together at most."""


@compiled
def elsewhere(a):
    """A person joins a service day; on one day, or at the end of their days, they leave another for it."""
    i = below(a[PEOPLE])
    if a[a[FREES] + i] == 0 or a[a[MOST] + i] == 0:
        return False
    day = a[pd(a, FREE, i, below(a[a[FREES] + i]))]
    t = some_place_on(a, day)
    s = below(a[SKILLS])
    for _turn in range(a[SKILLS]):
        if t >= 0 and counts(a, i, t, s):
            break
        s = (s + 1) % a[SKILLS]
    if t < 0 or not counts(a, i, t, s):
        return False
    left = day_to_leave(a, i, day)
    if left >= 0 and is_needed(a, i, left):
        return False
    if left == day and a[pd(a, AT, i, day)] == t and a[pd(a, DOES, i, day)] == s:
        return False
    go(a, i, t, day, s, left)
    return True


@compiled
def home(a):
    i = below(a[PEOPLE])
    day = some_day_of(a, i)
    if day < 0 or is_needed(a, i, day):
        return False
    leave(a, i, day)
    return True


@compiled
def instead(a):
    """Another one comes instead; if that one is needed where they are, or by chance, the two change."""
    i = below(a[PEOPLE])
    day = some_day_of(a, i)
    if day < 0:
        return False
    t, s = a[pd(a, AT, i, day)], a[pd(a, DOES, i, day)]
    j = hand(a, day, s, below(a[a[HANDS] + day * a[SKILLS] + s]))
    if a[pd(a, AT, j, day)] == t or way(a, j, t) < 0:
        return False
    left = day_to_leave(a, j, day)
    if left < 0:
        leave(a, i, day)
        join(a, j, t, day, s)
        return True
    other, theirs = a[pd(a, AT, j, left)], a[pd(a, DOES, j, left)]
    change = np.random.random() < 0.5 or is_needed(a, j, left)
    if change and (not counts(a, i, other, theirs) or not a[pd(a, FREE_ON, i, left)]):
        return False
    if change and left != day and a[pd(a, AT, i, left)] >= 0:
        return False
    leave(a, j, left)
    leave(a, i, day)
    join(a, j, t, day, s)
    if change:
        join(a, i, other, left, theirs)
    return True


@compiled
def heal(a, noise):
    """Places that lost somebody on the way are served anew, by whoever has a day left."""
    missed, n = np.full(HEALED, -1), 0
    for k in range(a[LOGGED]):
        note = a[LOG] + 5 * k
        t = a[note + 2]
        if a[note] == LEFT and a[a[SHARE] + t] > 0 and n < HEALED and not (missed == t).any():
            missed[n] = t
            n += 1
    for t in missed[:n]:
        if not serve(a, t, noise, False, 0.0):
            return False
    return True


@compiled
def another_day(a, noise):
    """The same place on another day, with whoever is free then, and with others."""
    day, other = below(a[DAYS]), below(a[DAYS])
    t = some_place_on(a, day)
    if t < 0 or other == day or not may_hold(a, t, other, day):
        return False
    open_day(a, t, other)
    while a[td(a, SIZE, t, day)] > 0:
        i = a[seat(a, t, day, a[td(a, SIZE, t, day)] - 1)]
        s = a[pd(a, DOES, i, day)]
        leave(a, i, day)
        if a[pd(a, FREE_ON, i, other)] and a[pd(a, AT, i, other)] < 0:
            join(a, i, t, other, s)
    close_day(a, t, day)
    steal = np.random.random() < 0.5
    begin(a, t)
    if not fill(a, t, other, noise, steal):
        return False
    for _turn in range(6):
        if a[a[SHARE] + t] == 0 or not one_more(a, t, noise, steal):
            break
    return not steal or heal(a, noise)


@compiled
def related(a, t):
    """A place where somebody works a skill that is wanted at t; or any."""
    s, day = below(a[SKILLS]), below(a[DAYS])
    if a[ts(a, SERVED, t, s)] < a[ts(a, COUNT, t, s)] and a[a[HANDS] + day * a[SKILLS] + s]:
        i = hand(a, day, s, below(a[a[HANDS] + day * a[SKILLS] + s]))
        other = some_day_of(a, i)
        return a[pd(a, AT, i, other)] if other >= 0 else -1
    return some_place_on(a, day)


@compiled
def dearest(a):
    """Of some places the one that costs most: a few far ones decide what a month costs."""
    best = a[a[WANTS] + below(a[WANTING])]
    for _turn in range(DRAWN - 1):
        t = a[a[WANTS] + below(a[WANTING])]
        if a[a[OF_PLACE] + t] > a[a[OF_PLACE] + best]:
            best = t
    return best


@compiled
def ruin(a, noise):
    """Days of some places are closed; the places are served anew, in any order."""
    taken = np.full(RUINED, -1)
    first = dearest(a)
    closed = 1.0 if np.random.random() < 0.5 else 0.5
    steal = np.random.random() < STEALS
    for n in range(1 + below(RUINED)):
        t = related(a, first) if n else first
        if t >= 0 and not (taken == t).any():
            taken[n] = t
            for day in range(a[DAYS]):
                if a[td(a, HELD, t, day)] and np.random.random() < closed:
                    shut(a, t, day)
    np.random.shuffle(taken)
    for t in taken:
        if t >= 0 and not serve(a, t, noise, steal, 0.0):
            return False
    return not steal or heal(a, noise)


@compiled
def level(a, noise):
    """Who lacks most is served together, wherever people have to come from: only the worst of all is paid
    for, so that one place alone gains nothing where two lack as much."""
    worst = a[WORST_NOW]
    if worst == 0:
        return False
    taken, n = np.full(LEVELLED, -1), 0
    first = below(a[WANTING])
    for k in range(a[WANTING]):
        t = a[a[WANTS] + (first + k) % a[WANTING]]
        if a[a[SHARE] + t] >= worst:
            if n == LEVELLED:
                return False
            taken[n] = t
            n += 1
    for t in taken[:n]:
        if not serve(a, t, noise, True, NEVER / 2):  # at any price, but not a day for which nobody is left
            return False
    return heal(a, noise)


@compiled
def chain(a, noise):
    """Somebody leaves; the best comes instead, from wherever; then who is missed there; …"""
    first = below(a[PEOPLE])
    day = some_day_of(a, first)
    if day < 0:
        return False
    t, s = a[pd(a, AT, first, day)], a[pd(a, DOES, first, day)]
    leave(a, first, day)
    for link in range(LINKS):
        must = a[tds(a, t, day, s)] < a[a[LEAST] + s]
        best, who, when, leaving = NEVER if must else 0.0, -1, -1, -1
        for d in range(a[DAYS]):
            if a[td(a, HELD, t, d)] and (d == day or not must):
                trust = MADE_GOOD if link < LINKS - 1 else 0.0
                but = first if link == 0 and d == day else -1
                value, i, left = best_hand(a, t, d, s, best, noise, trust, True, but)
                if i >= 0:
                    best, who, when, leaving = value, i, d, left
        if who < 0:
            if must:
                return False
            break
        if leaving >= 0:
            other, theirs = a[pd(a, AT, who, leaving)], a[pd(a, DOES, who, leaving)]
        go(a, who, t, when, s, leaving)
        if leaving < 0:
            break
        t, s, day = other, theirs, leaving
    employ(a, first, noise)
    return not a[td(a, HELD, t, day)] or a[tds(a, t, day, s)] >= a[a[LEAST] + s]


KINDS = (elsewhere, home, instead, another_day, ruin, chain, level)
SHARES = (0.20, 0.05, 0.15, 0.03, 0.08, 0.48, 0.01)
"""Of the kinds of steps."""


@compiled
def step(a, kind, noise):
    if kind == 0:
        return elsewhere(a)
    if kind == 1:
        return home(a)
    if kind == 2:
        return instead(a)
    if kind == 3:
        return another_day(a, noise)
    if kind == 4:
        return ruin(a, noise)
    return chain(a, noise) if kind == 5 else level(a, noise)


@compiled
def walk(a, turns, heat, shares):
    """So many steps at one heat (in the objective's units)."""
    heat *= UNIT
    value = a[SUM] + a[WORST_NOW]
    for _turn in range(turns):
        x, kind = np.random.random(), 0
        while kind < len(shares) - 1 and x >= shares[kind]:
            x -= shares[kind]
            kind += 1
        done = step(a, kind, heat)
        cost = a[SUM] + a[WORST_NOW]
        if done and (cost <= value or np.random.random() < exp((value - cost) / heat)):
            value = cost
            a[LOGGED] = 0
        else:
            undo(a)


@compiled
def sow(seed):
    np.random.seed(seed)
