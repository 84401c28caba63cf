"""The papers of a matter of legal aid: with the decision that they carry, or when somebody asks for one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import MessageKind
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.legalaid.enums import DecisionKind, DecisionState, EndGround, Hurry, Mandate, ReportKind, Shown
from mingbai.legalaid.models import Application, Decision
from mingbai.legalaid.queries import catalogue_on, terms_of
from mingbai.legalaid.rules.letters import remedies_text
from mingbai.papers import actions as papers
from mingbai.papers.kinds import Value
from mingbai.papers.models import Paper
from mingbai.papers.rules.numbers import day_text

Facts = tuple[str, dict[str, Value]]
"""What the paper is for, by which it is issued once; and its fields besides those of every paper."""


@transaction.atomic
def issue_paper(*, case: Case, by: Actor, kind: str, at: datetime | None = None) -> Paper:
    """One paper of the matter as it stands; the same again is the same paper.

    Raises Refused "nothing_to_issue" where what it would say has not happened; KeyError for another line's.
    """
    at = at or timezone.now()
    application = Application.objects.select_related("case__party", "case__speaker", "case__station").get(
        case=case
    )
    found = _FACTS[kind](application)
    if found is None:
        raise Refused(_("这份文书要写的事还没有发生。"), code="nothing_to_issue")
    event, fields = found
    return papers.issue(
        by=by,
        kind=kind,
        office=application.case.station,
        about=case.chain,
        event=event,
        fields={**_party(application), **fields},
        at=at,
    )


def _party(application: Application) -> dict[str, Value]:
    case = application.case
    person = case.party or case.speaker
    return {
        "申请人": (person.name if person else "") or "申请人",
        "身份证号": person.id_number if person else "",
        "电话": person.phone if person else "",
        "事项": _matter(application),
        "办件编号": group_number(case.number),
        "收到日期": _day(case.opened_at),
    }


def _matter(application: Application) -> str:
    case = application.case
    day = timezone.localdate(case.opened_at)
    found = catalogue_on(day, region=case.region_id or case.city).by_code.get(application.matter)
    return found.name if found else ""


def _day(at: datetime) -> str:
    return day_text(timezone.localdate(at))


def _work(application: Application) -> dict[str, Value]:
    form = str(application.get_form_display()) if application.form else ""
    return {"援助形式": form, "办案机关": application.body}


# ── what each says ──


def _application(application: Application) -> Facts | None:
    if application.stated_at is None:
        return None
    terms, case = terms_of(application), application.case
    means = [
        f"每人每月 {terms.income} 元" if terms.income else "",
        f"{terms.heads} 口人" if terms.heads else "",
    ]
    catalogue = catalogue_on(timezone.localdate(case.opened_at), region=case.region_id or case.city)
    belongs = next((one.name for one in catalogue.belongings if one.code == application.belonging), "")
    return f"stated:{case.pk}:{application.stated_at:%Y%m%d%H%M%S}", {
        **_work(application),
        "谁来申请": str(Mandate(application.mandate).label),
        "对方": terms.opponent,
        "怎样证明": str(Shown(application.shown).label) if application.shown else "",
        "经济状况": "，".join(part for part in means if part),
        "特定人员": belongs,
        "申请理由": case.text,
    }


def _receipt(application: Application) -> Facts | None:
    case = application.case
    given = list(case.papers_asked.exclude(given_at=None).values_list("name", flat=True))
    count = case.attachments.count()
    said = "、".join(given) or (f"{count} 份" if count else "")
    return f"case:{case.pk}", {"已收材料": f"已收到材料：{said}。" if said else ""}


def _supplement(application: Application) -> Facts | None:
    case = application.case
    asked = case.messages.filter(kind=MessageKind.ASK).order_by("at", "pk").last()
    if asked is None:
        return None
    asked.case = case
    clock = case.clocks.filter(rule__code="aid_supplement").order_by("started_at").last()
    wanted = case.papers_asked.filter(given_at=None).order_by("pk").values_list("name", flat=True)
    return f"ask:{asked.pk}", {
        "缺的材料": list(wanted),
        "说明": asked.text,
        "补充期限": _day(clock.due_at) if clock else "",
    }


def _decision(application: Application, kind: DecisionKind) -> Decision | None:
    found = application.case.aid_decisions.filter(kind=kind, state=DecisionState.MADE).last()
    if found is not None:
        found.case = application.case  # its reason is sealed under the matter's key
    return found


def _decided(
    kind: DecisionKind, more: Callable[[Application, Decision], dict[str, Value]]
) -> Callable[[Application], Facts | None]:
    def facts(application: Application) -> Facts | None:
        decision = _decision(application, kind)
        if decision is None:
            return None
        return f"decision:{decision.pk}", {"理由": decision.reason, **more(application, decision)}

    return facts


def _granted(application: Application, decision: Decision) -> dict[str, Value]:
    return {"条件": str(application.get_claim_display()) if application.claim else ""}


def _first(application: Application, decision: Decision) -> dict[str, Value]:
    return {"紧急情形": str(Hurry(decision.hurry).label)}


def _refused(application: Application, decision: Decision) -> dict[str, Value]:
    return {"救济": remedies_text(), "依据": "；".join(decision.laws)}


def _terminated(application: Application, decision: Decision) -> dict[str, Value]:
    return {"救济": remedies_text(), "终止情形": str(EndGround(decision.ground).label)}


def _transferred(application: Application, decision: Decision) -> dict[str, Value]:
    case = application.case
    files = [file.name for file in _opened(case)]
    return {"转给机构": decision.office, "材料": ["法律援助申请", *files]}


def _opened(case: Case) -> list[Any]:
    files = list(case.attachments.order_by("added_at", "pk"))
    for file in files:
        file.case = case
    return files


def _lawyer(application: Application) -> tuple[int, dict[str, Value]] | None:
    last = application.case.aid_assignments.select_related("worker", "firm").order_by("pk").last()
    if last is None:
        return None
    firm = last.firm.name if last.firm else ""
    return last.pk, {"承办人": last.worker.name, "承办机构": firm or last.worker.name}


def _assignment(application: Application) -> Facts | None:
    found = _lawyer(application)
    return (f"assignment:{found[0]}", {**_work(application), **found[1]}) if found else None


def _closing(application: Application) -> Facts | None:
    case, found = application.case, _lawyer(application)
    report = case.aid_reports.filter(kind=ReportKind.CLOSING).last()
    finished = case.messages.filter(kind=MessageKind.ANSWER).order_by("at", "pk").last()
    if report is None or found is None or finished is None or case.stage not in ("done", "closed"):
        return None
    finished.case = case
    return f"closing:{report.pk}", {**found[1], "结果": finished.text.partition("\n")[2] or finished.text}


_FACTS: Mapping[str, Callable[[Application], Facts | None]] = {
    "aid_application": _application,
    "aid_receipt": _receipt,
    "aid_supplement": _supplement,
    "aid_grant": _decided(DecisionKind.GRANT, _granted),
    "aid_first": _decided(DecisionKind.FIRST, _first),
    "aid_refusal": _decided(DecisionKind.REFUSE, _refused),
    "aid_assignment": _assignment,
    "aid_transfer": _decided(DecisionKind.TRANSFER, _transferred),
    "aid_termination": _decided(DecisionKind.TERMINATE, _terminated),
    "aid_closing": _closing,
}
