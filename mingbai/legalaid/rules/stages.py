"""The one table of legal aid's stages: which verb leads where, and which state each stage stands for."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from mingbai.cases.enums import State
from mingbai.cases.kinds import Stage as TrunkStage
from mingbai.core.refused import Refused
from mingbai.legalaid.enums import Stage

S = Stage
_EARLY = (S.APPLIED, S.ACCEPTED, S.REVIEW)
_WORKED = (S.GRANTED, S.ASSIGNED, S.HANDLING)


def _to(target: Stage, *stages: Stage) -> dict[Stage, Stage]:
    return dict.fromkeys(stages, target)


TRANSITIONS: Mapping[str, Mapping[Stage, Stage]] = MappingProxyType(
    {
        # ── review (法律援助法 Arts. 38, 43, 44) ──
        "ask": _to(S.ASKED, *_EARLY),
        "grant": _to(S.GRANTED, *_EARLY, S.ASKED),
        "give_first": _to(S.GRANTED, *_EARLY, S.ASKED),
        "take_notice": _to(S.GRANTED, *_EARLY),
        "propose_refusal": _to(S.REFUSAL_PROPOSED, *_EARLY),
        "confirm_refusal": _to(S.REFUSED, S.REFUSAL_PROPOSED),
        "send_back_refusal": _to(S.REVIEW, S.REFUSAL_PROPOSED),
        "transfer": _to(S.TRANSFERRED, *_EARLY, S.ASKED),
        "let_lapse": _to(S.LAPSED, S.ASKED),
        # ── objection (Art. 49) ──
        "object": _to(S.OBJECTED, S.REFUSED, S.TERMINATED),
        "uphold": _to(S.UPHELD, S.OBJECTED),
        "order": _to(S.GRANTED, S.OBJECTED),
        # ── work (Arts. 43, 46, 48, 50, 55) ──
        "assign": _to(S.ASSIGNED, S.GRANTED),
        "release": _to(S.GRANTED, S.ASSIGNED, S.HANDLING),
        "begin": _to(S.HANDLING, S.ASSIGNED),
        "conclude": _to(S.CONCLUDED, S.ASSIGNED, S.HANDLING),
        "report_closing": _to(S.REPORTED, S.HANDLING, S.CONCLUDED),
        "return_report": _to(S.CONCLUDED, S.REPORTED),
        "finish": _to(S.DONE, S.REPORTED),
        "propose_termination": _to(S.TERMINATION_PROPOSED, *_WORKED),
        "confirm_termination": _to(S.TERMINATED, S.TERMINATION_PROPOSED),
    }
)
"""verb → {stage before: stage after}; a pair that is not here is refused. A proposed termination that is sent
back returns to the stage where it was proposed: its decision remembers it."""

_OWN = frozenset({"answer", "guide", "refuse", "start"})
"""An application is decided by the law of legal aid, not answered; the law knows no refusal to take it in."""
_DECIDED = _OWN | {"ask", "withdraw", "convert"}
_TOLD = _OWN | {"withdraw"}

STATES: Mapping[str, TrunkStage] = MappingProxyType(
    {
        S.APPLIED: TrunkStage(S.APPLIED.label, State.RECEIVED, _OWN),
        S.ACCEPTED: TrunkStage(S.ACCEPTED.label, State.ACCEPTED, _OWN),
        S.ASKED: TrunkStage(S.ASKED.label, State.WAITING, _OWN | {"ask"}),
        S.REVIEW: TrunkStage(S.REVIEW.label, State.IN_PROGRESS, _OWN),
        **{
            stage: TrunkStage(stage.label, State.IN_PROGRESS, _DECIDED)
            for stage in (
                S.REFUSAL_PROPOSED,
                S.GRANTED,
                S.ASSIGNED,
                S.HANDLING,
                S.CONCLUDED,
                S.REPORTED,
                S.TERMINATION_PROPOSED,
                S.OBJECTED,
            )
        },
        **{
            stage: TrunkStage(stage.label, State.ANSWERED, _TOLD)
            for stage in (S.DONE, S.REFUSED, S.UPHELD, S.TERMINATED, S.TRANSFERRED)
        },
        S.CLOSED: TrunkStage(S.CLOSED.label, State.CLOSED),
        S.WITHDRAWN: TrunkStage(S.WITHDRAWN.label, State.WITHDRAWN),
        S.LAPSED: TrunkStage(S.LAPSED.label, State.WITHDRAWN),
    }
)
"""stage → the one state it stands for; of those with one state, the first is where the trunk's verbs lead."""


def next_stage(stage: str, verb: str) -> Stage:
    """The stage after `verb`. Raises Refused "wrong_stage", which says where the matter stands."""
    if not may(stage, verb):
        label = Stage(stage).label if stage in Stage.values else "—"
        raise Refused(
            _("这件法律援助现在是“%(stage)s”，不能再做这一步。") % {"stage": label},
            code="wrong_stage",
            kept=_("您填写的内容没有丢失。"),
            do=_("请刷新页面，看看办件现在的情况。"),
        )
    return TRANSITIONS[verb][Stage(stage)]


def may(stage: str, verb: str) -> bool:
    return stage in Stage.values and Stage(stage) in TRANSITIONS[verb]
