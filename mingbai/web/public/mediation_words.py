"""Where a mediation stands, in one sentence for the one who follows it."""

from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.mediation.enums import Consent, Stage
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

_FOR_A_PARTY = {
    Stage.MEDIATING: _("正在调解。您可以随时说不再调解。"),
    Stage.AGREED: _("谈妥了，写成了协议，等各方签字。"),
    Stage.EFFECTIVE: _("调解协议已经生效，请按约定履行。"),
    Stage.FAILED: _("调解没有成功，您还能怎么办写在下面。"),
    Stage.DECLINED: _("有一方不愿意调解，您还能怎么办写在下面。"),
    Stage.CLOSED: _("这件调解已经办结。"),
    Stage.WITHDRAWN: _("申请的人撤回了，不再调解。"),
    Stage.REFUSED: _("这件事没有受理，不调解了。"),
}
_ASKS = _("有一件纠纷，请您一起来调解。愿不愿意，您说了算。")
_WAITS = _("您同意了调解，正在问别的人、定时间。")


def party_sentence(stage: str, consent: str) -> str:
    """Where it stands, for a party that takes part by its own number."""
    text = _FOR_A_PARTY.get(Stage(stage)) if stage in Stage.values else None
    return str(text or (_WAITS if consent == Consent.AGREES else _ASKS))


def mediation_sentence(case: Case) -> str:
    """ "" where the trunk's own sentence says it."""
    text = _SENTENCES.get(Stage(case.stage)) if case.kind == KIND and case.stage else None
    return str(text) % {"station": case.station.name} if text else ""
