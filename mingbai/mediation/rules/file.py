"""The file of a mediation (卷宗): what belongs in it in which order, what is there, how it is numbered."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Part:
    """One place in the file. `when`: always, or only where the matter has it."""

    code: str
    name: str | Promise
    always: bool = False


PARTS: tuple[Part, ...] = (
    Part("request", _("调解申请书或受理登记表"), always=True),
    Part("rights", _("权利义务告知"), always=True),
    Part("identity", _("当事人身份证明"), always=True),
    Part("mandate", _("授权委托书")),
    Part("enquiry", _("调查记录")),
    Part("evidence", _("证据材料")),
    Part("minutes", _("调解记录"), always=True),
    Part("agreement", _("调解协议书或口头协议登记表"), always=True),
    Part("performance", _("履行凭证")),
    Part("visit", _("回访记录")),
    Part("confirmation", _("司法确认材料")),
    Part("note", _("卷宗情况说明")),
)
"""Order and what is required: the list that the field uses (人民调解文书格式; seen in excerpts only)."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One line of the index."""

    part: Part
    is_there: bool
    is_owed: bool


def index_of(there: Collection[str], wanted: Collection[str]) -> list[Filed]:
    """Every part with whether it is there, and whether it is owed: required, or `wanted` by the matter."""
    return [
        Filed(part, part.code in there, part.code in wanted and part.code not in there)
        for part in PARTS
        if part.code in there or part.code in wanted
    ]


def wanted_parts(
    *, agreed: bool, held: bool, agents: bool, terms_done: bool, visited: bool, confirmed: bool
) -> frozenset[str]:
    """What the file of this matter must hold."""
    found = {part.code for part in PARTS if part.always}
    if not agreed:
        found.discard("agreement")
    if not held:
        found.discard("minutes")
    extra = {"mandate": agents, "performance": terms_done, "visit": visited, "confirmation": confirmed}
    return frozenset(found | {code for code, holds in extra.items() if holds})


def file_number(year: int, committee: str, number: int) -> str:
    """(2026)新抚调委人调字第7号 as on the cover; the committee's own short name."""
    return f"（{year}）{committee}人调字第{number}号"
