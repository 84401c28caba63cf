"""Legal aid as a line of the trunk: its stages, what it writes at opening, the words of its history."""

from django.utils.translation import gettext_lazy as _

from mingbai.cases.kinds import LineWork
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.legalaid.rules.stages import STATES

KIND = "legal_aid"

WORDS = {
    "aid.stated": _("填报法律援助申请"),
    "aid.granted": _("决定给予法律援助"),
    "aid.given_first": _("先行提供法律援助，手续后补"),
    "aid.notice_taken": _("收到办案机关通知"),
    "aid.refusal_proposed": _("拟不予法律援助，待另一人复核"),
    "aid.refused": _("决定不予法律援助"),
    "aid.refusal_sent_back": _("复核退回，继续审查"),
    "aid.transferred": _("转交有管辖权的法律援助机构"),
    "aid.lapsed": _("未按要求补充，视为撤回申请"),
    "aid.papers_complete": _("先行援助的手续已补齐"),
    "aid.objected": _("提出异议"),
    "aid.objection_upheld": _("异议审查：维持决定"),
    "aid.objection_ordered": _("异议审查：责令改正，给予援助"),
    "aid.assigned": _("指派承办人"),
    "aid.declined": _("承办人未接受指派，重新指派"),
    "aid.replaced": _("更换承办人，重新指派"),
    "aid.begun": _("承办人已与受援人见面"),
    "aid.progress": _("报告进展"),
    "aid.concluded": _("事情有了结果"),
    "aid.reported": _("提交结案报告"),
    "aid.file_missing": _("归档材料还不齐"),
    "aid.file_ticked": _("登记一份纸质归档材料"),
    "aid.report_returned": _("结案材料退回补正"),
    "aid.finished": _("结案材料审核通过"),
    "aid.termination_proposed": _("拟终止法律援助，待另一人复核"),
    "aid.terminated": _("决定终止法律援助"),
    "aid.termination_sent_back": _("复核退回，继续援助"),
    "aid.visited": _("回访受援人"),
    "aid.assess_picked": _("列入质量评估"),
    "aid.assess_rated": _("质量评估已评定"),
    "aid.assess_objected": _("承办人对质量评估提出异议"),
    "aid.assess_judged": _("质量评估异议已复核"),
}

_INSIDE = frozenset(
    f"aid.{verb}"
    for verb in (
        "refusal_proposed refusal_sent_back termination_proposed termination_sent_back "
        "report_returned visited file_missing file_ticked "
        "assess_picked assess_rated assess_objected assess_judged"
    ).split()
)
"""What colleagues say among themselves before it is decided."""


def opened(*, case: Case, by: Actor) -> None:
    """The application's row, in the transaction that opens the matter; what is past has none."""
    from mingbai.legalaid.models import Application

    if case.is_open:
        Application.objects.get_or_create(case=case)


def erased(*, case: Case, by: Actor) -> None:
    """What the matter's key does not cover: the index by which the other side is found."""
    from mingbai.legalaid.models import Application

    Application.objects.filter(case=case).update(opponent_hash="", body="", organ="")


WORK = LineWork(STATES, on_open=opened, on_erase=erased, words=WORDS, public=frozenset(WORDS) - _INSIDE)
