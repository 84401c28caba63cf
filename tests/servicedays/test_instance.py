"""What is wrong with an instance is said before anything is solved."""

import json
from typing import Any

import pytest

from mingbai.core.refused import Refused
from mingbai.servicedays.solver.instance import instance_of, read_instance
from tests.servicedays.months import month


def spoilt(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    data = json.loads(json.dumps(month()))
    target = data
    for step in path[:-1]:
        target = target[step]
    if value is KeyError:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return data


WRONG = [
    (("days",), KeyError, "缺少 days"),
    (("people",), {}, "应是列表"),
    (("max_days_per_place",), -1, "不能是负数"),
    (("min_gap_days",), 1.5, "应是整数"),
    (("min_gap_days",), True, "应是整数"),
    (("max_km_one_way",), "far", "应是数字"),
    (("max_km_one_way",), float("nan"), "应是数字"),
    (("min_team",), {"wizard": 1}, "不认识的技能"),
    (("places", 0, "code"), "T01", "重复"),
    (("places", 0, "lat"), 91, "超出范围"),
    (("needs", 0, "count"), -3, "不能是负数"),
    (("needs", 0, "urgent"), 999, "多于总数"),
    (("needs", 0, "skill"), "wizard", "不认识的技能"),
    (("needs", 0, "place"), "X", "没有编码"),
    (("needs", 0), None, "应是一个对象"),
    (("people", 0, "home"), KeyError, "缺少 home"),
    (("people", 0, "home"), [41.8], "[纬度, 经度]"),
    (("people", 0, "home"), ["a", "b"], "应是数字"),
    (("people", 0, "skills"), ["wizard"], "不认识的技能"),
    (("people", 0, "available"), [99], "不在"),
    (("people", 0, "available"), [-1], "不能是负数"),
    (("people", 0, "capacity"), None, "缺少 capacity"),
    (("people", 1, "id"), "P00", "重复"),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG)
def test_what_is_wrong_is_named(path: tuple[Any, ...], value: Any, said: str):
    with pytest.raises(Refused, match=said.replace("[", r"\[")) as refused:
        instance_of(spoilt(path, value))
    assert refused.value.code == "instance"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"a"', "[" * 100_000])
def test_what_is_no_instance_at_all_is_refused(text: str):
    with pytest.raises(Refused):
        read_instance(text)


def test_a_good_one_is_read_as_it_stands():
    data = month(3)
    read = read_instance(json.dumps(data))
    assert [place.code for place in read.places] == [place["code"] for place in data["places"]]
    assert sum(need.count for need in read.needs.values()) == sum(need["count"] for need in data["needs"])
    assert read.people[0].available == tuple(data["people"][0]["available"])
