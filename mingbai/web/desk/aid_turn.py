"""What comes next in a matter of legal aid, by its stage: the filled button, and the sentence about it."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from mingbai.legalaid.enums import Advice, Stage
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs import aid, aid_work

AID_CODES = frozenset(verb.code for verb in (*aid.VERBS, *aid_work.VERBS))

_BY_ADVICE = {
    Advice.FIRST: "aid_first",
    Advice.TRANSFER: "aid_transfer",
    Advice.ASK: "aid_ask",
    Advice.GRANT: "aid_grant",
    Advice.WEIGH: "aid_grant",
}
_BY_STAGE: Mapping[str, tuple[str, ...]] = {
    Stage.ASKED: ("aid_lapse",),
    Stage.REFUSAL_PROPOSED: ("aid_confirm",),
    Stage.GRANTED: ("aid_assign",),
    Stage.ASSIGNED: ("aid_report",),
    Stage.HANDLING: ("aid_report",),
    Stage.CONCLUDED: ("aid_closing",),
    Stage.REPORTED: ("aid_finish",),
    Stage.TERMINATION_PROPOSED: ("aid_confirm_end",),
    Stage.OBJECTED: ("aid_judge",),
    Stage.CLOSED: ("aid_visit",),
}
_REVIEWED = frozenset({Stage.APPLIED, Stage.ACCEPTED, Stage.REVIEW})

_TASKS = {
    **dict.fromkeys(_REVIEWED, _("%(by)s决定给不给援助。")),
    Stage.REFUSAL_PROPOSED: _("拟不予援助，%(by)s由另一人复核。"),
    Stage.GRANTED: _("已给予援助，%(by)s指派承办人。"),
    Stage.ASSIGNED: _("%(by)s由承办人约见受援人。"),
    Stage.HANDLING: _("%(by)s由承办人报告进展。"),
    Stage.CONCLUDED: _("事情已了，%(by)s由承办人交结案报告。"),
    Stage.REPORTED: _("%(by)s审核结案材料。"),
    Stage.TERMINATION_PROPOSED: _("拟终止援助，%(by)s由另一人复核。"),
    Stage.OBJECTED: _("%(by)s由司法局审查异议。"),
}


def aid_next(dossier: Dossier) -> tuple[str, ...]:
    """The verbs that the stage is for; in the review, what the pre-check proposes."""
    if dossier.aid is None:
        return ()
    if dossier.case.stage not in _REVIEWED:
        return _BY_STAGE.get(dossier.case.stage, ())
    if not dossier.aid.matter:
        return ("aid_state",)
    return (_BY_ADVICE.get(dossier.aid_review.proposal.advice, "aid_state"),)


def aid_task(dossier: Dossier, by: str) -> str:
    """ "" where the trunk's own sentence says it."""
    if dossier.aid is None:
        return ""
    text = _TASKS.get(Stage(dossier.case.stage))
    if dossier.case.stage in _REVIEWED and dossier.aid_needs_another:
        text = _("审查完了，%(by)s由另一位有审批权限的人决定给不给援助。")
    return str(text) % {"by": by} if text else ""
