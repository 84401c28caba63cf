"""Registries, refusals and actors."""

import pickle
from dataclasses import FrozenInstanceError

import pytest
from django.utils.translation import gettext_lazy

from mingbai.core.actor import RESIDENT, SYSTEM, Actor
from mingbai.core.refused import Refused
from mingbai.core.registry import Registry


def test_items_come_back_in_order() -> None:
    registry: Registry[int] = Registry("things")
    assert registry.register("b", 2) == 2
    registry.register("a", 1)
    assert registry.get("a") == 1
    assert list(registry) == [2, 1]
    assert registry.items() == [("b", 2), ("a", 1)]
    assert registry.codes() == ["b", "a"]
    assert "a" in registry
    assert "c" not in registry
    assert len(registry) == 2


def test_doubles_unknown_codes_and_latecomers_are_errors() -> None:
    registry: Registry[int] = Registry("things")
    registry.register("a", 1)
    with pytest.raises(ValueError, match="things: 'a' is registered twice"):
        registry.register("a", 2)
    with pytest.raises(KeyError, match="things: no 'b'"):
        registry.get("b")
    registry.freeze()
    with pytest.raises(RuntimeError, match="after start-up"):
        registry.register("b", 2)
    assert registry.get("a") == 1


def test_a_refusal_is_its_reason() -> None:
    refused = Refused("材料不全", code="papers", field="papers", kept="文字已保存", do="补交身份证")
    assert str(refused) == "材料不全"
    assert (refused.code, refused.field, refused.kept, refused.do) == (
        "papers",
        "papers",
        "文字已保存",
        "补交身份证",
    )
    assert str(Refused(gettext_lazy("请填写内容。"))) == "请填写内容。"
    assert Refused("x").code == "refused"
    assert str(pickle.loads(pickle.dumps(Refused("x", code="y")))) == "x"


def test_actors_are_compared_by_who_they_are() -> None:
    assert Actor("user", "7", "李霞", user=object()) == Actor("user", "7", "李霞")
    assert Actor("user", "7", "李霞").code == "user:7"
    assert (SYSTEM.code, RESIDENT.code) == ("system:", "resident:")
    with pytest.raises(FrozenInstanceError):
        SYSTEM.name = "x"  # type: ignore[misc]
    assert "object" not in repr(Actor("user", "7", "李霞", user=object()))
