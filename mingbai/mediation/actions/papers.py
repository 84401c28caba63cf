"""The papers of a mediation as it stands: one kind at a time, each thing written down once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.mediation.actions._record import held, now_or, row_of
from mingbai.mediation.enums import Form, Outcome, PartyKind, SessionState, Side
from mingbai.mediation.models import Agreement, FollowUp, Mediation, Mediator, Party, Sitting
from mingbai.mediation.queries import draft_of, effective_of, parties_of
from mingbai.mediation.queries.agreements import digest_of
from mingbai.mediation.rules.confirmation import PAPERS, check_fit
from mingbai.mediation.rules.letters import ways
from mingbai.papers import actions as papers
from mingbai.papers.kinds import Value
from mingbai.papers.models import Paper
from mingbai.papers.rules.numbers import day_text

Facts = tuple[str, dict[str, Value]]
"""What the paper is for, by which it is issued once; and its fields besides those of every paper."""
_COUNT = "〇一二三四五六七八九十"


@transaction.atomic
def issue_paper(*, case: Case, by: Actor, kind: str, at: datetime | None = None) -> Paper:
    """One paper of the matter as it stands; the same again is the same paper.

    Of minutes and return visits the next that has none yet, else the last. Raises Refused
    "nothing_to_issue" where what it would say has not happened, "not_confirmable"; KeyError for another
    line's.
    """
    at, case = now_or(at), held(case)
    row = row_of(case)
    found = _FACTS[kind](row)
    if found is None:
        raise Refused(_("这份文书要写的事还没有发生。"), code="nothing_to_issue")
    event, fields = found
    every = {"办件编号": group_number(case.number), "调委会": _committee(row)}
    return papers.issue(
        by=by,
        kind=kind,
        office=case.station,
        about=case.chain,
        event=event,
        fields={**every, **fields},
        at=at,
    )


def _committee(row: Mediation) -> str:
    return row.committee.organisation.name if row.committee else row.case.station.name


def _day(at: datetime) -> str:
    return day_text(timezone.localdate(at))


def _names(parties: list[Party], *sides: str) -> str:
    return "、".join(party.name for party in parties if not sides or party.side in sides)


def _whole(party: Party) -> str:
    """As Art. 29 wants a party named."""
    number = _("身份证号") if party.kind == PartyKind.PERSON else _("统一社会信用代码")
    facts = [
        f"{party.get_side_display()}：{party.name}",
        f"{number} {party.code}" if party.code else "",
        f"{_('住址')} {party.address}" if party.address else "",
        f"{_('电话')} {party.phone}" if party.phone else "",
        f"{_('监护人')} {party.guardian}" if party.guardian else "",
        f"{_('委托代理人')} {party.agent}" if party.agent else "",
    ]
    return "，".join(fact for fact in facts if fact)


def _mediators(case: Case) -> str:
    rows = Mediator.objects.filter(case=case).exclude(state="replaced").select_related("worker")
    return "、".join(row.worker.name for row in rows)


def _dispute(row: Mediation) -> dict[str, Value]:
    parties = parties_of(row.case)
    return {
        "申请方": _names(parties, Side.ASKING),
        "另一方": _names(parties, Side.OTHER, Side.THIRD),
        "纠纷类型": str(row.get_dispute_display()) if row.dispute else "",
        "纠纷事实": row.case.text,
        "收到日期": _day(row.case.opened_at),
    }


# ── what each says ──


def _request(row: Mediation) -> Facts | None:
    return f"request:{row.pk}", _dispute(row)


def _register(row: Mediation) -> Facts | None:
    more = {"来源": str(row.get_source_display()), "移交单位": row.organ, "调解员": _mediators(row.case)}
    return f"register:{row.pk}", {**_dispute(row), **more}


def _rights(row: Mediation) -> Facts | None:
    told = [party for party in parties_of(row.case) if party.told_rights_at]
    if not told:
        return None
    return f"rights:{row.pk}:{len(told)}", {"已告知": _names(told)}


def _minutes(row: Mediation) -> Facts | None:
    held_ones = Sitting.objects.filter(case=row.case, state=SessionState.HELD).order_by("starts_at", "pk")
    sitting = _next(row.case, "med_minutes", "sitting", list(held_ones))
    if sitting is None:
        return None
    sitting.case = row.case
    there = [party for party in parties_of(row.case) if party.pk in sitting.present]
    return f"sitting:{sitting.pk}", {
        "时间": moment(sitting.starts_at),
        "地点": sitting.place or str(sitting.get_kind_display()),
        "到场": _names(there),
        "调解员": _mediators(row.case),
        "记录人": sitting.written_by,
        "记录": sitting.minutes,
    }


def _next(case: Case, kind: str, word: str, rows: list[Any]) -> Any:
    """The first that has no paper of its own; the last where all have one."""
    made = set(Paper.objects.issued().filter(about=case.chain, kind=kind).values_list("event", flat=True))
    return next((row for row in rows if f"{word}:{row.pk}" not in made), rows[-1] if rows else None)


def _terms(agreement: Agreement) -> list[str]:
    lines, names = [], {party.pk: party.name for party in parties_of(agreement.case)}
    for term in agreement.terms.order_by("pk"):
        term.agreement = agreement
        due = _("最晚 %(day)s") % {"day": day_text(term.due_on)} if term.due_on else ""
        who = names.get(term.who_id or 0, "")
        lines.append("，".join(part for part in (f"{who}{term.text}", due) if part))
    return lines


def _agreed(agreement: Agreement) -> dict[str, Value]:
    parties = parties_of(agreement.case)
    return {
        "当事人": [_whole(party) for party in parties],
        "主要事实": agreement.facts,
        "协议内容": agreement.content,
        "签字处": [f"{party.name}：" for party in parties],
    }


def _agreement(row: Mediation) -> Facts | None:
    """For the signatures, or once more: other words are another paper."""
    found = draft_of(row.case) or effective_of(row.case)
    if found is None or found.form != Form.WRITTEN:
        return None
    copies = len(parties_of(row.case)) + 1
    return f"agreement:{found.pk}:{digest_of(found)[:16]}", {
        **_agreed(found),
        "责任": found.duty,
        "履行": _terms(found),
        "份数": _COUNT[copies] if copies < len(_COUNT) else str(copies),
    }


def _oral(row: Mediation) -> Facts | None:
    found = effective_of(row.case)
    if found is None or found.form != Form.ORAL or found.effective_at is None:
        return None
    return f"agreement:{found.pk}", {
        "当事人": _agreed(found)["当事人"],
        "纠纷类型": _dispute(row)["纠纷类型"],
        "纠纷事实": row.case.text,
        "协议内容": found.content,
        "履行": _terms(found),
        "生效日期": _day(found.effective_at),
        "调解员": _mediators(row.case),
    }


def _confirm(row: Mediation) -> Facts | None:
    """The joint application to the court (Art. 33), with what has to lie beside it."""
    found = effective_of(row.case)
    if found is None or found.effective_at is None:
        return None
    check_fit(found.unfit)
    assert found.confirm_by is not None
    return f"confirm:{found.pk}", {
        **_agreed(found),
        "生效日期": _day(found.effective_at),
        "最晚日期": day_text(found.confirm_by),
        "附件": [str(paper) for paper in PAPERS],
    }


def _visit(row: Mediation) -> Facts | None:
    visits = list(FollowUp.objects.filter(case=row.case).order_by("at", "pk"))
    found = _next(row.case, "med_visit", "visit", visits)
    if found is None:
        return None
    found.case = row.case
    return f"visit:{found.pk}", {
        "当事人": [_whole(party) for party in parties_of(row.case)],
        "时间": _day(found.at),
        "履行情况": _("都履行了") if found.is_performed else _("还没有履行完"),
        "记录人": found.by,
        "记录": found.text,
    }


_ENDS = {Outcome.FAILED: "没有达成协议", Outcome.DECLINED: "有一方明确表示不愿意调解"}


def _ended(row: Mediation) -> Facts | None:
    if row.outcome not in _ENDS or row.ended_at is None:
        return None
    return f"ended:{row.pk}:{row.ended_at:%Y%m%d%H%M%S}", {
        "纠纷类型": str(row.get_dispute_display()) if row.dispute else "",
        "结果": _ENDS[Outcome(row.outcome)],
        "途径": list(ways(row.dispute)),
    }


_FACTS: Mapping[str, Callable[[Mediation], Facts | None]] = {
    "med_request": _request,
    "med_register": _register,
    "med_rights": _rights,
    "med_minutes": _minutes,
    "med_agreement": _agreement,
    "med_oral": _oral,
    "med_confirm": _confirm,
    "med_visit": _visit,
    "med_ended": _ended,
}
