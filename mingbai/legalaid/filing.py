"""A matter of legal aid as the national information system of legal aid keeps it.

SF/T 0024-2017 全国法律援助管理信息系统技术规范: its data items and codes were not obtained; names and
order here are a beginning, and the city sets those of its province (filings.actions.set_field).
"""

from collections.abc import Mapping

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.filings.kinds import NUMBER, THEIRS, FilingKind, Words, labels
from mingbai.legalaid.enums import (
    AssignmentState,
    Claim,
    DecisionKind,
    DecisionState,
    Form,
    Shown,
    Stage,
)
from mingbai.legalaid.models import Assignment, Decision, Matter

SYSTEM = "sft0024"
_FIELDS = {
    THEIRS: "系统编号",
    NUMBER: "办件编号",
    "name": "申请人姓名",
    "id_number": "证件号码",
    "phone": "联系电话",
    "applied_on": "申请日期",
    "matter": "援助事项",
    "form": "援助形式",
    "claim": "申请依据",
    "shown": "经济状况核查方式",
    "body": "办案机关",
    "opponent": "对方当事人",
    "text": "基本案情",
    "stage": "办理环节",
    "decision": "审查决定",
    "decided_on": "决定日期",
    "lawyer": "承办人",
    "firm": "承办机构",
    "assigned_on": "指派日期",
    "closed_on": "结案日期",
}


def filing_kind() -> FilingKind:
    return FilingKind(
        system=SYSTEM,
        label="法律援助信息系统",
        line="legal_aid",
        fields=_FIELDS,
        values_of=values_of,
        source="SF/T 0024-2017（数据项、代码未公开到原文，请按本省系统的列名和代码设定）",
        words=words,
    )


def words() -> Words:
    """The fields that such a system has codes for; the codes themselves are the office's to write down."""
    matters = Matter.objects.order_by("valid_from", "pk").values_list("code", "name")
    return {
        "matter": dict(matters),
        "form": labels(Form),
        "claim": labels(Claim),
        "shown": labels(Shown),
        "stage": labels(Stage),
        "decision": labels(DecisionKind),
    }


def values_of(about: str) -> Mapping[str, str]:
    """Six queries."""
    case = Case.objects.select_related("party", "speaker", "aid").get(number=about.removeprefix("case:"))
    own, person = case.aid, case.party or case.speaker
    own.case = case
    matter = Matter.objects.filter(code=own.matter).order_by("-valid_from").first()
    decision = Decision.objects.filter(case=case, state=DecisionState.MADE).order_by("pk").last()
    work = (
        Assignment.objects.filter(case=case, state__in=[AssignmentState.ACTIVE, AssignmentState.ENDED])
        .select_related("worker", "firm")
        .order_by("pk")
        .last()
    )
    return {
        "name": person.name if person else "",
        "id_number": person.id_number if person else "",
        "phone": person.phone if person else "",
        "applied_on": _day(case.opened_at),
        "matter": matter.name if matter else "",
        "form": str(own.get_form_display()) if own.form else "",
        "claim": str(own.get_claim_display()) if own.claim else "",
        "shown": str(own.get_shown_display()) if own.shown else "",
        "body": own.body,
        "opponent": own.opponent,
        "text": case.text,
        "stage": str(Stage(case.stage).label) if case.stage in Stage.values else "",
        "decision": str(decision.get_kind_display()) if decision else "",
        "decided_on": _day(decision.made_at) if decision else "",
        "lawyer": work.worker.name if work else "",
        "firm": work.firm.name if work and work.firm else "",
        "assigned_on": _day(work.assigned_at) if work else "",
        "closed_on": _day(case.closed_at),
    }


def _day(at: object) -> str:
    return timezone.localdate(at).isoformat() if at else ""  # type: ignore[arg-type]
