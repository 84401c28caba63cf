"""A mediation as the information system of people's mediation keeps it.

SF/T 0018-2019 人民调解管理信息系统技术规范: its data items and codes were not obtained; names and order
here are a beginning, and the city sets those of its province (filings.actions.set_field).
"""

from collections.abc import Mapping

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.filings.kinds import NUMBER, THEIRS, FilingKind, Words, labels
from mingbai.mediation.enums import Confirmation, Dispute, Form, Grade, Outcome, Side, Source
from mingbai.mediation.models import Mediation, Mediator
from mingbai.mediation.queries import effective_of, parties_of

SYSTEM = "sft0018"
_FIELDS = {
    THEIRS: "系统编号",
    NUMBER: "办件编号",
    "accepted_on": "受理日期",
    "source": "案件来源",
    "dispute": "纠纷类型",
    "grade": "难易程度",
    "committee": "调解委员会",
    "mediators": "调解员",
    "name": "申请人",
    "phone": "申请人电话",
    "others": "被申请人",
    "text": "纠纷简况",
    "outcome": "调解结果",
    "form": "协议形式",
    "content": "协议内容",
    "effective_on": "协议生效日期",
    "confirmation": "司法确认",
    "ended_on": "调解结束日期",
}


def filing_kind() -> FilingKind:
    return FilingKind(
        system=SYSTEM,
        label="人民调解信息系统",
        line="mediation",
        fields=_FIELDS,
        values_of=values_of,
        source="SF/T 0018-2019（数据项、代码未公开到原文，请按本省系统的列名和代码设定）",
        words=words,
    )


def words() -> Words:
    """The fields that such a system has codes for; the codes themselves are the office's to write down."""
    return {
        "source": labels(Source),
        "dispute": labels(Dispute),
        "grade": labels(Grade),
        "outcome": labels(Outcome),
        "form": labels(Form),
        "confirmation": labels(Confirmation),
    }


def values_of(about: str) -> Mapping[str, str]:
    """Five queries."""
    rows = Mediation.objects.select_related("case", "committee__organisation")
    row = rows.get(case__number=about.removeprefix("case:"))
    case: Case = row.case
    parties, agreement = parties_of(case), effective_of(case)
    asking = [party for party in parties if party.side == Side.ASKING]
    named = Mediator.objects.filter(case=case).exclude(state="replaced").select_related("worker")
    return {
        "accepted_on": _day(case.opened_at),
        "source": str(row.get_source_display()),
        "dispute": str(row.get_dispute_display()) if row.dispute else "",
        "grade": str(Grade(row.grade).label) if row.grade else "",
        "committee": row.committee.organisation.name if row.committee else "",
        "mediators": "、".join(one.worker.name for one in named.order_by("pk")),
        "name": "、".join(party.name for party in asking),
        "phone": asking[0].phone if asking else "",
        "others": "、".join(party.name for party in parties if party.side != Side.ASKING),
        "text": case.text,
        "outcome": str(row.get_outcome_display()) if row.outcome else "",
        "form": str(agreement.get_form_display()) if agreement else "",
        "content": agreement.content if agreement else "",
        "effective_on": _day(agreement.effective_at) if agreement else "",
        "confirmation": str(agreement.get_confirmation_display())
        if agreement and agreement.confirmation
        else "",
        "ended_on": _day(row.ended_at),
    }


def _day(at: object) -> str:
    return timezone.localdate(at).isoformat() if at else ""  # type: ignore[arg-type]
