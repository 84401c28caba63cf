"""A paper of nobody's line, and the small city."""

import pytest

from mingbai.papers.kinds import PAPER_KINDS, Field, PaperKind
from mingbai.papers.renderer import RENDERER
from tests.cases.factories import City, make_city

BODY = """# 给予法律援助决定书
^ {{文号}}
= {{申请人}}：
你于{{申请日期}}提出的法律援助申请，经审查符合条件，决定给予法律援助。
理由：{{理由}}
| 序号 | 材料 |
| 一 | {{材料}} |
---
> {{机构}}
> {{日期}}
"""
KIND = PaperKind(
    code="test_paper",
    label="决定书",
    series="试决",
    body=BODY,
    fields=(
        Field("申请人", "王桂兰"),
        Field("申请日期", "2026年11月20日"),
        Field("理由", "符合法律援助法第三十一条。", must=True),
        Field("材料", ("身份证", "工资欠条")),
    ),
    may_see=lambda user, about: about == "case:1" and user.is_authenticated,
)


@pytest.fixture
def kind(monkeypatch) -> PaperKind:
    monkeypatch.setitem(PAPER_KINDS._items, KIND.code, KIND)
    return KIND


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture(scope="session")
def drawing():
    """One drawing process for all tests, ended with them."""
    yield RENDERER
    RENDERER.stop()
