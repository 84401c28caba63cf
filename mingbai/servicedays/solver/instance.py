"""An instance as the solver sees it: read from JSON, every mistake refused in words before any solving."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

SKILLS = ("lawyer", "mediator", "aid_clerk", "notary")
"""Of the format; an instance may name others in `skills`."""

ROAD = 1.35
EARTH_KM = 6371
Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    at: Point


@dataclass(frozen=True)
class Need:
    """How many wait for one skill at one place; `urgent` of them first."""

    count: int
    urgent: int


@dataclass(frozen=True)
class Person:
    """Who can go: `capacity` needs of one skill a day, at most `max_days` of the `available` days."""

    id: str
    skills: tuple[str, ...]
    home: Point
    available: tuple[int, ...]
    max_days: int
    capacity: int

    @property
    def most_days(self) -> int:
        return min(self.max_days, len(self.available))


@dataclass(frozen=True)
class Instance:
    """One month to plan. Places and people go by their index; needs by (place, skill)."""

    days: tuple[str, ...]
    max_days_per_place: int
    min_gap_days: int
    min_team: Mapping[str, int]
    max_km: float
    places: tuple[Place, ...]
    needs: Mapping[tuple[int, str], Need]
    people: tuple[Person, ...]
    closed: frozenset[tuple[int, int]] = frozenset()
    """(place, day) on which no service day can be held; (place, -1): not at all."""
    barred: frozenset[tuple[int, int]] = frozenset()
    """(person, place): that way is not open."""

    @cached_property
    def km(self) -> list[list[float]]:
        """One way from person to place, by road."""
        return [[distance(person.home, place.at) for place in self.places] for person in self.people]

    @cached_property
    def free_days(self) -> list[frozenset[int]]:
        return [frozenset(person.available) for person in self.people]

    @cached_property
    def near(self) -> list[list[int]]:
        """People by place who may go there, the nearest first."""
        return [
            sorted(
                (i for i in range(len(self.people)) if self.may_go(i, t)),
                key=lambda i, t=t: (self.km[i][t], i),  # type: ignore[misc]
            )
            for t in range(len(self.places))
        ]

    @cached_property
    def needs_of(self) -> list[dict[str, Need]]:
        """Needs above nought by place: what can be unserved there."""
        found: list[dict[str, Need]] = [{} for _place in self.places]
        for (t, skill), need in self.needs.items():
            if need.count:
                found[t][skill] = need
        return found

    @cached_property
    def wanted(self) -> list[int]:
        """All needs by place."""
        return [sum(need.count for need in needs.values()) for needs in self.needs_of]

    @cached_property
    def place_index(self) -> dict[str, int]:
        return {place.code: t for t, place in enumerate(self.places)}

    @cached_property
    def person_index(self) -> dict[str, int]:
        return {person.id: i for i, person in enumerate(self.people)}

    def may_go(self, i: int, t: int) -> bool:
        return (i, t) not in self.barred and self.km[i][t] <= self.max_km

    def is_open(self, t: int, day: int) -> bool:
        return (t, day) not in self.closed and (t, -1) not in self.closed

    def useful(self, i: int, t: int) -> list[str]:
        """Skills of a person that count at a place: for its needs or for the least team."""
        needs = self.needs_of[t]
        return [s for s in self.people[i].skills if s in needs or self.min_team.get(s)]

    def without(self, person: int) -> "Instance":
        """The same month when one person can go nowhere."""
        people = list(self.people)
        people[person] = replace(people[person], available=())
        return replace(self, people=tuple(people))


def distance(a: Point, b: Point) -> float:
    """Great circle × 1.35, km: the referee's formula, term for term."""
    r = math.radians
    (la, lo), (lb, lp) = a, b
    h = math.sin(r(lb - la) / 2) ** 2 + math.cos(r(la)) * math.cos(r(lb)) * math.sin(r(lp - lo) / 2) ** 2
    return ROAD * 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def read_instance(text: str) -> Instance:
    """Parse and check; Refused names the first thing that is wrong and where it stands."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise wrong(_("不是有效的 JSON：%(error)s") % {"error": error}) from None
    except RecursionError:
        raise wrong(_("不是有效的 JSON：嵌套过深")) from None
    return instance_of(data)


def instance_of(data: Any) -> Instance:
    """The instance behind decoded JSON; Refused as in `read_instance`."""
    top = Fields(data, _("算例"))
    skills = set(top.texts("skills")) if "skills" in top.data else set(SKILLS)
    days = tuple(str(label) for label in top.rows("days"))
    places = read_places(top)
    index = {place.code: t for t, place in enumerate(places)}
    return Instance(
        days=days,
        max_days_per_place=top.number("max_days_per_place"),
        min_gap_days=top.number("min_gap_days"),
        min_team=read_team(top, skills),
        max_km=top.real("max_km_one_way", low=0),
        places=places,
        needs=read_needs(top, index, skills),
        people=read_people(top, len(days), skills),
    )


def wrong(reason: str) -> Refused:
    return Refused(reason, code="instance")


@dataclass(frozen=True)
class Fields:
    """One JSON object and what to call it in an error."""

    data: Any
    called: str

    def __post_init__(self) -> None:
        if not isinstance(self.data, dict):
            raise wrong(_("%(what)s应是一个对象（{…}）") % {"what": self.called})

    def value(self, name: str) -> Any:
        if name not in self.data or self.data[name] is None:
            raise self.wrong(_("缺少 %(name)s") % {"name": name})
        return self.data[name]

    def wrong(self, reason: str) -> Refused:
        return wrong(f"{self.called}：{reason}")

    def rows(self, name: str) -> list[Any]:
        value = self.value(name)
        if not isinstance(value, list):
            raise self.wrong(_("%(name)s 应是列表") % {"name": name})
        return value

    def text(self, name: str) -> str:
        value = self.value(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(_("%(name)s 应是文字") % {"name": name})
        return value

    def texts(self, name: str) -> list[str]:
        values = self.rows(name)
        if not all(isinstance(value, str) and value for value in values):
            raise self.wrong(_("%(name)s 里应都是文字") % {"name": name})
        return list(values)

    def number(self, name: str) -> int:
        """A whole number, not negative."""
        return whole(self, name, self.value(name))

    def real(self, name: str, low: float = -math.inf, high: float = math.inf) -> float:
        return finite(self, name, self.value(name), low, high)


def whole(fields: Fields, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise fields.wrong(_("%(name)s 应是整数，现在是 %(value)r") % {"name": name, "value": value})
    if value < 0:
        raise fields.wrong(_("%(name)s 不能是负数：%(value)d") % {"name": name, "value": value})
    if value > 10**9:
        raise fields.wrong(_("%(name)s 太大：%(value)d") % {"name": name, "value": value})
    return value


def finite(fields: Fields, name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise fields.wrong(_("%(name)s 应是数字，现在是 %(value)r") % {"name": name, "value": value})
    if not low <= value <= high:
        raise fields.wrong(_("%(name)s 超出范围：%(value)s") % {"name": name, "value": value})
    return value


def known(fields: Fields, skill: Any, skills: set[str]) -> str:
    if skill not in skills:
        raise fields.wrong(
            _("不认识的技能 %(skill)r，应是 %(skills)s")
            % {"skill": skill, "skills": "、".join(sorted(skills))}
        )
    return str(skill)


def read_team(top: Fields, skills: set[str]) -> dict[str, int]:
    team = Fields(top.value("min_team"), "min_team")
    return {known(team, skill, skills): number for skill in team.data if (number := team.number(skill))}


def read_places(top: Fields) -> tuple[Place, ...]:
    places: dict[str, Place] = {}
    for number, row in enumerate(top.rows("places"), start=1):
        fields = Fields(row, _("第 %(number)d 个地点") % {"number": number})
        code = fields.text("code")
        if code in places:
            raise fields.wrong(_("编码 %(code)s 重复") % {"code": code})
        at = (fields.real("lat", -90, 90), fields.real("lon", -180, 180))
        places[code] = Place(code, str(row.get("name") or code), at)
    return tuple(places.values())


def read_needs(top: Fields, index: Mapping[str, int], skills: set[str]) -> dict[tuple[int, str], Need]:
    needs: dict[tuple[int, str], Need] = {}
    for number, row in enumerate(top.rows("needs"), start=1):
        fields = Fields(row, _("第 %(number)d 条需求") % {"number": number})
        code, skill = fields.text("place"), known(fields, fields.value("skill"), skills)
        if code not in index:
            raise fields.wrong(_("没有编码为 %(code)s 的地点") % {"code": code})
        if (index[code], skill) in needs:
            raise fields.wrong(_("%(code)s 的 %(skill)s 需求重复") % {"code": code, "skill": skill})
        need = Need(fields.number("count"), fields.number("urgent"))
        if need.urgent > need.count:
            raise fields.wrong(
                _("紧急数 %(urgent)d 多于总数 %(count)d") % {"urgent": need.urgent, "count": need.count}
            )
        needs[index[code], skill] = need
    return needs


def read_people(top: Fields, days: int, skills: set[str]) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for number, row in enumerate(top.rows("people"), start=1):
        fields = Fields(row, _("第 %(number)d 个人员") % {"number": number})
        person = read_person(fields, days, skills)
        if person.id in people:
            raise fields.wrong(_("编号 %(id)s 重复") % {"id": person.id})
        people[person.id] = person
    return tuple(people.values())


def read_person(fields: Fields, days: int, skills: set[str]) -> Person:
    home = fields.rows("home")
    if len(home) != 2:
        raise fields.wrong(_("home 应是 [纬度, 经度]"))
    available = sorted({whole(fields, "available", day) for day in fields.rows("available")})
    if available and available[-1] >= days:
        raise fields.wrong(
            _("available 里的第 %(day)d 天不在 %(days)d 天之内") % {"day": available[-1], "days": days}
        )
    return Person(
        id=fields.text("id"),
        skills=tuple(dict.fromkeys(known(fields, skill, skills) for skill in fields.rows("skills"))),
        home=(finite(fields, "home", home[0], -90, 90), finite(fields, "home", home[1], -180, 180)),
        available=tuple(available),
        max_days=fields.number("max_days"),
        capacity=fields.number("capacity"),
    )
