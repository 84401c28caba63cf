"""Mediation as a line of the trunk: its stages, what it writes at opening, the words of its history."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.kinds import LineWork
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.mediation.rules.stages import STATES

KIND = "mediation"

WORDS = {
    "med.stated": _("登记纠纷情况"),
    "med.party_added": _("登记当事人"),
    "med.party_changed": _("更正当事人信息"),
    "med.party_left": _("当事人退出"),
    "med.parties_shown": _("查看当事人信息"),
    "med.agreed_to": _("当事人同意调解"),
    "med.declined": _("一方不愿调解，终止"),
    "med.invited": _("邀请当事人网上参与"),
    "med.uninvited": _("收回网上参与的邀请"),
    "med.joined": _("当事人打开了网上参与"),
    "med.named": _("定下调解员"),
    "med.replaced": _("更换调解员"),
    "med.begun": _("开始调解"),
    "med.planned": _("约定调解时间"),
    "med.cancelled": _("取消约定的调解"),
    "med.held": _("写下调解记录"),
    "med.offered": _("提出调解方案"),
    "med.offer_answered": _("答复调解方案"),
    "med.extended": _("各方同意延长调解"),
    "med.drafted": _("写成调解协议"),
    "med.redrafted": _("修改调解协议"),
    "med.reconsidered": _("协议没有签成，继续调解"),
    "med.signed": _("在协议上签字盖章"),
    "med.effective": _("调解协议生效"),
    "med.agreed_orally": _("达成口头协议，已登记"),
    "med.failed": _("调解不成，终止"),
    "med.confirmation_wanted": _("双方要共同申请司法确认"),
    "med.confirmation_dropped": _("不再申请司法确认"),
    "med.confirmation_filed": _("司法确认申请已交法院"),
    "med.confirmation_decided": _("法院对司法确认作出裁定"),
    "med.term_settled": _("登记履行情况"),
    "med.visited": _("回访当事人"),
    "med.file_exported": _("导出卷宗"),
    "med.numbered": _("卷宗编号"),
}

_INSIDE = frozenset(
    f"med.{verb}"
    for verb in (
        "stated party_added party_changed party_left parties_shown agreed_to held offered offer_answered "
        "invited uninvited joined redrafted signed term_settled visited numbered file_exported "
        "confirmation_dropped"
    ).split()
)
"""What one side says in confidence is no news for the one who follows the matter."""


def opened(*, case: Case, by: Actor) -> None:
    """The mediation's row, in the transaction that opens the matter; what is past has none."""
    from mingbai.mediation.models import Mediation

    if case.is_open:
        Mediation.objects.get_or_create(case=case)


def erased(*, case: Case, by: Actor) -> None:
    """What the matter's key does not cover: the names by which a party is found, whoever sent it."""
    from mingbai.mediation.models import Agreement, Mediation, Party, Pass
    from mingbai.notices.actions import forget

    Pass.objects.filter(case=case, ended_at=None).update(ended_at=timezone.now(), sms_hash="")
    for party in Party.objects.filter(case=case).values_list("pk", flat=True):
        forget(by=by, to=f"party:{party}")
    Party.objects.filter(case=case).update(name_hash="")
    Mediation.objects.filter(case=case).update(organ="", organ_number="")
    Agreement.objects.filter(case=case).update(court_number="")


WORK = LineWork(STATES, on_open=opened, on_erase=erased, words=WORDS, public=frozenset(WORDS) - _INSIDE)
