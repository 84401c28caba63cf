"""A plan and what it costs: the rules and the objective of the referee, computed by our own hand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.servicedays.solver.instance import Instance

URGENT, OTHER, WORST, UNEVEN, KM, DAY = 1000, 100, 2000, 400, 0.1, 5
"""Weights: an unserved urgent need, another one, the worst place's share, shares over half, a km, a day."""
FAIR = 0.5

Slot = tuple[int, int]
"""(place, day)."""
Plan = dict[Slot, dict[int, str]]
"""Who works which skill at each service day: (place, day) → person → skill."""


@dataclass(frozen=True)
class Score:
    """The objective to the cent, and its parts."""

    objective: float
    unserved_urgent: int
    unserved_other: int
    worst_share: float
    uneven: float
    km: float
    service_days: int


def to_the_cent(bound: float) -> float:
    """A bound beside objectives to the cent, never above one: 18.3246 under 18.32 is 18.32."""
    return floor(bound * 100) / 100 if isfinite(bound) else bound


def score(instance: Instance, plan: Plan) -> Score:
    """What a plan costs; it is not checked here (see `faults`). In the referee's order of adding."""
    served: Counter[tuple[int, str]] = Counter()
    km = 0.0
    for (t, _day), team in plan.items():
        for i, skill in team.items():
            km += 2 * instance.km[i][t]
            served[t, skill] += instance.people[i].capacity
    urgent = other = 0
    shares = []
    for t, needs in enumerate(instance.needs_of):
        left = 0
        for skill, need in needs.items():
            missing = max(0, need.count - served[t, skill])
            pressing = max(0, need.urgent - served[t, skill])
            left, urgent, other = left + missing, urgent + pressing, other + missing - pressing
        if instance.wanted[t]:
            shares.append(left / instance.wanted[t])
    worst, uneven = max(shares, default=0.0), sum(max(0.0, share - FAIR) for share in shares)
    cost = URGENT * urgent + OTHER * other + WORST * worst + UNEVEN * uneven + KM * km + DAY * len(plan)
    return Score(round(cost, 2), urgent, other, round(worst, 4), round(uneven, 4), round(km, 1), len(plan))


def faults(instance: Instance, plan: Plan) -> list[str]:
    """Every rule that a plan breaks, in words; empty for a valid plan."""
    found: list[str] = []
    busy: Counter[tuple[int, int]] = Counter()
    for (t, day), team in plan.items():
        name = instance.places[t].name
        if not instance.is_open(t, day):
            found.append(_("%(place)s 第 %(day)d 天不能办") % {"place": name, "day": day})
        working = Counter(team.values())
        for skill, least in instance.min_team.items():
            if working[skill] < least:
                found.append(
                    _("%(place)s 第 %(day)d 天缺 %(skill)s") % {"place": name, "day": day, "skill": skill}
                )
        for i, skill in team.items():
            busy[i, day] += 1
            found += _faults_of(instance, i, skill, t, day)
    found += [_("%(id)s 一天两处") % {"id": instance.people[i].id} for (i, _day), n in busy.items() if n > 1]
    worked = Counter(i for i, _day in busy.elements())
    found += [
        _("%(id)s 超过最多天数") % {"id": instance.people[i].id}
        for i, n in worked.items()
        if n > instance.people[i].max_days
    ]
    return found + _calendar_faults(instance, plan)


def _faults_of(instance: Instance, i: int, skill: str, t: int, day: int) -> list[str]:
    person, words = instance.people[i], {"id": instance.people[i].id, "day": day, "skill": skill}
    found = []
    if skill not in person.skills:
        found.append(_("%(id)s 没有 %(skill)s 这项技能") % words)
    if day not in person.available:
        found.append(_("%(id)s 第 %(day)d 天没空") % words)
    if not instance.may_go(i, t):
        found.append(_("%(id)s 去不了 %(place)s") % {**words, "place": instance.places[t].name})
    return found


def _calendar_faults(instance: Instance, plan: Plan) -> list[str]:
    days: dict[int, list[int]] = {}
    for t, day in plan:
        days.setdefault(t, []).append(day)
    found = []
    for t, held in days.items():
        held.sort()
        words = {"place": instance.places[t].name}
        if len(held) > instance.max_days_per_place:
            found.append(_("%(place)s 超过最多天数") % words)
        if any(b - a < instance.min_gap_days for a, b in zip(held, held[1:], strict=False)):
            found.append(_("%(place)s 的两天靠得太近") % words)
    return found


def plan_data(instance: Instance, plan: Plan) -> dict[str, Any]:
    """The plan in the format of the referee, by day and place."""
    return {
        "service_days": [
            {
                "place": instance.places[t].code,
                "day": day,
                "team": [
                    {"person": instance.people[i].id, "skill": skill} for i, skill in sorted(team.items())
                ],
            }
            for (t, day), team in sorted(plan.items(), key=lambda entry: (entry[0][1], entry[0][0]))
        ]
    }


def plan_of(instance: Instance, data: Any) -> Plan:
    """The plan behind decoded JSON; Refused where it names what the instance has not."""
    plan: Plan = {}
    try:
        for held in data["service_days"]:
            slot = (instance.place_index[held["place"]], int(held["day"]))
            if slot in plan or not 0 <= slot[1] < len(instance.days):
                raise Refused(_("%(place)s 第 %(day)s 天重复或不存在") % held, code="plan")
            plan[slot] = _team_of(instance, held["team"])
    except (KeyError, TypeError, ValueError) as error:
        words = {"error": f"{type(error).__name__} {error}"}
        raise Refused(_("计划与算例不符：%(error)s") % words, code="plan") from None
    return plan


def _team_of(instance: Instance, rows: list[Mapping[str, str]]) -> dict[int, str]:
    team: dict[int, str] = {}
    for row in rows:
        i = instance.person_index[row["person"]]
        if i in team:
            raise Refused(_("%(id)s 一天两次") % {"id": row["person"]}, code="plan")
        team[i] = row["skill"]
    return team
