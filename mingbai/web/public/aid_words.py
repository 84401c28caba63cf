"""Where a matter of legal aid stands, in one sentence for the resident."""

from django.utils.translation import gettext_lazy as _

from mingbai.cases.models import Case
from mingbai.legalaid.enums import Stage
from mingbai.legalaid.line import KIND
from mingbai.legalaid.rules.stages import may

_SENTENCES = {
    Stage.APPLIED: _("法律援助申请收到了，%(station)s七日内决定。"),
    Stage.ACCEPTED: _("%(station)s正在审查您的法律援助申请。"),
    Stage.REVIEW: _("%(station)s正在审查您的法律援助申请。"),
    Stage.REFUSAL_PROPOSED: _("%(station)s正在审查您的法律援助申请。"),
    Stage.GRANTED: _("已决定给您法律援助，三日内指派承办人。"),
    Stage.ASSIGNED: _("已为您指派承办人，会和您联系。"),
    Stage.HANDLING: _("承办人正在为您办理。"),
    Stage.CONCLUDED: _("事情有了结果，正在整理结案材料。"),
    Stage.REPORTED: _("事情有了结果，正在整理结案材料。"),
    Stage.TERMINATION_PROPOSED: _("承办人正在为您办理。"),
    Stage.OBJECTED: _("您的异议由司法局审查，五日内答复。"),
    Stage.DONE: _("法律援助已结案，结果写在下面。"),
    Stage.REFUSED: _("决定不予法律援助，理由和您还能怎么办写在下面。"),
    Stage.UPHELD: _("司法局维持了原决定，您还能怎么办写在下面。"),
    Stage.TERMINATED: _("决定终止法律援助，理由和您还能怎么办写在下面。"),
    Stage.TRANSFERRED: _("您的申请转到了有管辖权的法律援助机构，电话写在下面。"),
    Stage.LAPSED: _("补充材料没有按期收到，按撤回处理。材料齐了可以再申请。"),
}
"""A proposal among colleagues is no news for the resident."""


def aid_sentence(case: Case) -> str:
    """ "" where the trunk's own sentence says it."""
    text = _SENTENCES.get(Stage(case.stage)) if case.kind == KIND and case.stage else None
    return str(text) % {"station": case.station.name} if text else ""


def may_object(case: Case) -> bool:
    """Whether the resident may object to the bureau now (Art. 49)."""
    return case.kind == KIND and may(case.stage, "object")
