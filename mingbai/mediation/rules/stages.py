"""The one table of mediation's stages: which verb leads where, and which state each stage stands for."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from mingbai.cases.enums import State
from mingbai.cases.kinds import Stage as TrunkStage
from mingbai.core.refused import Refused
from mingbai.mediation.enums import Stage

S = Stage


def _to(target: Stage, *stages: Stage) -> dict[Stage, Stage]:
    return dict.fromkeys(stages, target)


TRANSITIONS: Mapping[str, Mapping[Stage, Stage]] = MappingProxyType(
    {
        # ── before (人民调解法 Arts. 17-19) ──
        "name": _to(S.PREPARING, S.REQUESTED, S.ACCEPTED, S.PREPARING) | _to(S.MEDIATING, S.MEDIATING),
        "begin": _to(S.MEDIATING, S.PREPARING),
        "decline": _to(S.DECLINED, S.REQUESTED, S.ACCEPTED, S.ASKED, S.PREPARING, S.MEDIATING, S.AGREED),
        # ── how it ends (Arts. 26, 28-30) ──
        "agree": _to(S.EFFECTIVE, S.MEDIATING),
        "draft": _to(S.AGREED, S.MEDIATING),
        "reconsider": _to(S.MEDIATING, S.AGREED),
        "take_effect": _to(S.EFFECTIVE, S.AGREED),
        "fail": _to(S.FAILED, S.MEDIATING, S.AGREED),
    }
)
"""verb → {stage before: stage after}; a pair that is not here is refused."""

_OWN = frozenset({"answer", "guide", "start", "extend"})
"""A mediation ends as the parties end it, not by a clerk's answer; more time is theirs to give."""
_LED = _OWN | {"ask", "withdraw", "convert", "refuse"}
"""Once the committee leads it, a party ends it by refusing (Art. 23), which tells the other one."""
_TOLD = _OWN | {"withdraw"}

STATES: Mapping[str, TrunkStage] = MappingProxyType(
    {
        S.REQUESTED: TrunkStage(S.REQUESTED.label, State.RECEIVED, _OWN),
        S.ACCEPTED: TrunkStage(S.ACCEPTED.label, State.ACCEPTED, _OWN),
        S.ASKED: TrunkStage(S.ASKED.label, State.WAITING, _OWN | {"ask"}),
        **{
            stage: TrunkStage(stage.label, State.IN_PROGRESS, _LED)
            for stage in (S.PREPARING, S.MEDIATING, S.AGREED)
        },
        **{
            stage: TrunkStage(stage.label, State.ANSWERED, _TOLD)
            for stage in (S.EFFECTIVE, S.FAILED, S.DECLINED)
        },
        S.CLOSED: TrunkStage(S.CLOSED.label, State.CLOSED),
        S.WITHDRAWN: TrunkStage(S.WITHDRAWN.label, State.WITHDRAWN),
        S.REFUSED: TrunkStage(S.REFUSED.label, State.REFUSED),
    }
)
"""stage → the one state it stands for; of those with one state, the first is where the trunk's verbs lead."""


def next_stage(stage: str, verb: str) -> Stage:
    """The stage after `verb`. Raises Refused "wrong_stage", which says where the matter stands."""
    if not may(stage, verb):
        label = Stage(stage).label if stage in Stage.values else "—"
        raise Refused(
            _("这件调解现在是“%(stage)s”，不能再做这一步。") % {"stage": label},
            code="wrong_stage",
            kept=_("您填写的内容没有丢失。"),
            do=_("请刷新页面，看看办件现在的情况。"),
        )
    return TRANSITIONS[verb][Stage(stage)]


def may(stage: str, verb: str) -> bool:
    return stage in Stage.values and Stage(stage) in TRANSITIONS[verb]
