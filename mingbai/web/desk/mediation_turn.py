"""What comes next in a mediation, by its stage: the filled button, and the sentence about it."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from mingbai.mediation.enums import Confirmation, Stage
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs import (
    mediation,
    mediation_after,
    mediation_agree,
    mediation_online,
    mediation_parties,
    mediation_talk,
)

MEDIATION_CODES = frozenset(
    verb.code
    for table in (
        mediation,
        mediation_parties,
        mediation_online,
        mediation_talk,
        mediation_agree,
        mediation_after,
    )
    for verb in table.VERBS
)

_BY_STAGE: Mapping[str, tuple[str, ...]] = {
    Stage.MEDIATING: ("med_hold", "med_draft"),
    Stage.AGREED: ("med_sign",),
    Stage.EFFECTIVE: (),
    Stage.CLOSED: ("med_visit",),
}
_TASKS = {
    Stage.REQUESTED: _("%(by)s问各方愿不愿意调解，定调解员。"),
    Stage.ACCEPTED: _("%(by)s问各方愿不愿意调解，定调解员。"),
    Stage.PREPARING: _("%(by)s问齐各方，约好时间开始调解。"),
    Stage.MEDIATING: _("%(by)s调解。谈妥了写协议，谈不拢就终止。"),
    Stage.AGREED: _("谈妥了，%(by)s请各方签字、盖章。"),
}
_BEFORE = frozenset({Stage.REQUESTED, Stage.ACCEPTED, Stage.PREPARING})


def mediation_next(dossier: Dossier) -> tuple[str, ...]:
    """The verbs that the stage is for: before the beginning, what is missing first."""
    folder = dossier.mediation
    if folder is None:
        return ()
    if dossier.case.stage not in _BEFORE:
        agreement = folder.effective
        if agreement is not None and agreement.confirmation == Confirmation.WANTED:
            return ("med_filed",)
        return _BY_STAGE.get(dossier.case.stage, ())
    if not folder.present and not folder.row.dispute:
        return ("med_state", "med_party")
    if len({party.side for party in folder.present}) < 2:
        return ("med_party",)
    if folder.unasked:
        return ("med_agree", "med_invite", "med_decline")
    if not folder.active:
        return ("med_name",)
    return ("med_plan", "med_hold") if not folder.planned else ("med_hold",)


def mediation_task(dossier: Dossier, by: str) -> str:
    """ "" where the trunk's own sentence says it."""
    text = _TASKS.get(Stage(dossier.case.stage)) if dossier.mediation else None
    return str(text) % {"by": by} if text else ""
