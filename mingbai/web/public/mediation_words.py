"""Where a mediation stands, in one sentence for the one who follows it."""

from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.mediation.enums import Stage
from mingbai.mediation.line import KIND

_SENTENCES = {
    Stage.REQUESTED: _("调解申请收到了，%(station)s会问各方愿不愿意。"),
    Stage.ACCEPTED: _("%(station)s正在问各方愿不愿意调解。"),
    Stage.PREPARING: _("正在问各方的意愿、定调解的时间。"),
    Stage.MEDIATING: _("正在调解。您可以随时说不再调解。"),
    Stage.AGREED: _("谈妥了，请来签字；各方都签了、盖了章才生效。"),
    Stage.EFFECTIVE: _("调解协议已经生效，请按约定履行。"),
    Stage.FAILED: _("调解没有成功，您还能怎么办写在下面。"),
    Stage.DECLINED: _("有一方不愿意调解，您还能怎么办写在下面。"),
}


def mediation_sentence(case: Case) -> str:
    """ "" where the trunk's own sentence says it."""
    text = _SENTENCES.get(Stage(case.stage)) if case.kind == KIND and case.stage else None
    return str(text) % {"station": case.station.name} if text else ""
