"""A published plan after something has happened: as little as possible changes, and each change says why.

Whoever was told a day keeps it where that can be: all that the change does not hurt is locked, and what is
free is solved exactly, with a price on every published day and person that would not stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from mingbai.servicedays.solver import highs
from mingbai.servicedays.solver.improve import open_slots, plan_in
from mingbai.servicedays.solver.instance import SKILLS, Fields, Instance, Need, known, whole, wrong
from mingbai.servicedays.solver.objective import Plan, Slot, plan_data
from mingbai.servicedays.solver.slots import build, start_values

KEEP_DAY, KEEP_PERSON = 300.0, 60.0
"""What it costs to take away a day that a place was told, or a person who was told to go, or to add one to a
place where nothing happened: three needs of one place, not quite one need."""


@dataclass(frozen=True)
class Changes:
    """What has happened: places and people by index. A day of None means every day."""

    absent: frozenset[tuple[int, int | None]] = frozenset()
    closed: frozenset[tuple[int, int | None]] = frozenset()
    barred: frozenset[tuple[int, int]] = frozenset()
    needs: Mapping[tuple[int, str], Need] = field(default_factory=dict)
    first_day: int = 0
    """Days before it are past or too near: they stay as they are."""


@dataclass(frozen=True)
class Touched:
    """One service day that is not as published; `left` and `joined` are person ids."""

    place: str
    day: int
    what: str
    left: tuple[str, ...]
    joined: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Replanned:
    instance: Instance
    plan: Plan
    touched: tuple[Touched, ...]


def read_changes(instance: Instance, data: Any) -> Changes:
    """The changes behind decoded JSON; Refused as in `read_instance`.

    Lists `absent` {person, day?}, `closed` {place, day?}, `barred` {person, place}, `needs` {place, skill,
    count, urgent}, and `first_day`.
    """
    top = Fields(data, _("变化"))
    rows = {name: top.rows(name) for name in ("absent", "closed", "barred", "needs") if name in top.data}
    first = top.number("first_day") if "first_day" in top.data else 0
    return Changes(
        frozenset(_with_day(instance, row, "person") for row in rows.get("absent", [])),
        frozenset(_with_day(instance, row, "place") for row in rows.get("closed", [])),
        frozenset(_way(instance, Fields(row, "barred")) for row in rows.get("barred", [])),
        dict(_need(instance, row) for row in rows.get("needs", [])),
        first,
    )


def _index(instance: Instance, fields: Fields, name: str) -> int:
    found = (instance.person_index if name == "person" else instance.place_index).get(fields.text(name))
    if found is None:
        raise fields.wrong(_("算例里没有 %(name)s") % {"name": fields.text(name)})
    return found


def _way(instance: Instance, fields: Fields) -> tuple[int, int]:
    return _index(instance, fields, "person"), _index(instance, fields, "place")


def _with_day(instance: Instance, row: Any, name: str) -> tuple[int, int | None]:
    fields = Fields(row, name)
    day = row.get("day")
    if day is not None and whole(fields, "day", day) >= len(instance.days):
        raise fields.wrong(_("没有第 %(day)d 天") % {"day": day})
    return _index(instance, fields, name), day


def _need(instance: Instance, row: Any) -> tuple[tuple[int, str], Need]:
    fields = Fields(row, "needs")
    need = Need(fields.number("count"), fields.number("urgent"))
    if need.urgent > need.count:
        raise wrong(_("紧急数 %(urgent)d 多于总数 %(count)d") % {"urgent": need.urgent, "count": need.count})
    skills = {*SKILLS, *(skill for person in instance.people for skill in person.skills)}
    skill = known(fields, fields.value("skill"), skills)
    return (_index(instance, fields, "place"), skill), need


def replan(instance: Instance, published: Plan, changes: Changes, seconds: float = 3.0) -> Replanned:
    """The published plan mended for the changes: valid in the month as it now is, from `first_day` on."""
    now = changed(instance, changes)
    mended = _without_the_lost(now, published, changes.first_day)
    free = _hurt(published, mended) | {t for t, _skill in changes.needs}
    freed = {slot for slot in mended if slot[0] in free and slot[1] >= changes.first_day}
    whole_days, broken = _split(now, mended, changes.first_day)
    locked = {slot: team for slot, team in whole_days.items() if slot not in freed}
    inside = {slot: team for slot, team in whole_days.items() if slot in freed}
    places = sorted(free | {t for t, _day in broken})
    slots = [slot for t in places for slot in open_slots(now, t) if slot[1] >= changes.first_day]
    # A place that lost a day, or has a new need, may be given another; one that lost a person waits as it is.
    owed = {t for t, _skill in changes.needs}
    owed |= {t for t, day in published.keys() - whole_days.keys() if day >= changes.first_day}
    price = _Price(published, mended, frozenset(owed))
    plan = {**locked, **_solved(now, price, inside, slots, locked, seconds)}
    return Replanned(now, plan, _touched(instance, now, published, plan))


def changed(instance: Instance, changes: Changes) -> Instance:
    """The month as it now is."""
    people = list(instance.people)
    for i, day in changes.absent:
        left = (d for d in people[i].available if (day is not None and d != day) or d < changes.first_day)
        people[i] = replace(people[i], available=tuple(left))
    closed = {(t, d) for t, day in changes.closed for d in ([day] if day is not None else _every(instance))}
    needs = dict(instance.needs)
    for key, more in changes.needs.items():
        old = needs.get(key, Need(0, 0))
        needs[key] = Need(old.count + more.count, old.urgent + more.urgent)
    return replace(
        instance,
        people=tuple(people),
        closed=instance.closed | {slot for slot in closed if slot[1] >= changes.first_day},
        barred=instance.barred | changes.barred,
        needs=needs,
    )


def _every(instance: Instance) -> range:
    return range(len(instance.days))


def _without_the_lost(now: Instance, published: Plan, first_day: int) -> Plan:
    """The published plan less closed days and less people who cannot come; days past stay."""
    mended: Plan = {}
    for (t, day), team in published.items():
        if day < first_day:
            mended[t, day] = team
        elif now.is_open(t, day):
            mended[t, day] = {
                i: skill for i, skill in team.items() if day in now.free_days[i] and now.may_go(i, t)
            }
    return mended


def _hurt(published: Plan, mended: Plan) -> set[int]:
    return {slot[0] for slot, team in published.items() if mended.get(slot) != team}


def _split(now: Instance, mended: Plan, first_day: int) -> tuple[Plan, set[Slot]]:
    """Days whose team still stands, and those that lack somebody of the least team."""
    broken = {
        (t, day)
        for (t, day), team in mended.items()
        if day >= first_day
        and (not team or any(list(team.values()).count(s) < n for s, n in now.min_team.items()))
    }
    return {slot: team for slot, team in mended.items() if slot not in broken}, broken


@dataclass(frozen=True)
class _Price:
    """What another plan costs beside its needs. Negative for what was told and stays."""

    published: Plan
    mended: Plan
    owed: frozenset[int]
    """Places that may be given another day for nothing."""

    def of_day(self, slot: Slot) -> float:
        if slot in self.published:
            return -KEEP_DAY
        return 0.0 if slot[0] in self.owed else KEEP_DAY

    def of_visit(self, i: int, slot: Slot, skill: str) -> float:
        team = self.published.get(slot, {})
        if team.get(i) == skill:
            return -KEEP_PERSON
        # Who was told of a day that nothing happened to is not told anew without a reason.
        return KEEP_PERSON if team and self.mended.get(slot) == team else 0.0


def _solved(
    now: Instance, price: _Price, inside: Plan, slots: list[Slot], locked: Plan, seconds: float
) -> Plan:
    """The free part, solved with a price on what was published; at worst what still stands of it."""
    model = build(now, [*inside, *slots], locked)
    if not model.held:
        return inside
    for slot, column in model.held.items():
        model.cost[column] += price.of_day(slot)
    for (i, slot, skill), column in model.visits.items():
        model.cost[column] += price.of_visit(i, slot, skill)
    found = highs.solve(model, highs.Limits(seconds, 1e-4), start_values(model, now, inside))
    return plan_in(model, found.values) if found.values is not None else inside


def _touched(before: Instance, now: Instance, published: Plan, plan: Plan) -> tuple[Touched, ...]:
    found = []
    for t, day in sorted(published.keys() | plan.keys(), key=lambda slot: (slot[1], slot[0])):
        old, new = published.get((t, day), {}), plan.get((t, day), {})
        if old == new:
            continue
        what = "cancelled" if not new else "added" if not old else "team"
        left = tuple(before.people[i].id for i, skill in old.items() if new.get(i) != skill)
        joined = tuple(before.people[i].id for i, skill in new.items() if old.get(i) != skill)
        why = _why(before, now, t, day, old, what)
        found.append(Touched(before.places[t].code, day, what, left, joined, why))
    return tuple(found)


def _why(before: Instance, now: Instance, t: int, day: int, old: Mapping[int, str], what: str) -> str:
    if what != "added" and before.is_open(t, day) and not now.is_open(t, day):
        return _("这一天在这里不能办了")
    lost = [before.people[i].id for i in old if day not in now.free_days[i] or not now.may_go(i, t)]
    if lost:
        return _("%(people)s 来不了") % {"people": "、".join(lost)}
    if now.needs_of[t] != before.needs_of[t]:
        return _("这里有新的需求")
    return _("补上别处空出来的服务")


def replanned_data(result: Replanned) -> dict[str, Any]:
    """The new plan in the referee's format, with what was touched."""
    return plan_data(result.instance, result.plan) | {"changes": [vars(one) for one in result.touched]}
