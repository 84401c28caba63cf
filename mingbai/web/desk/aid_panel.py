"""AidPanel: what the page of a matter of legal aid shows above its history, in the words of the page."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core import when
from mingbai.legalaid.enums import Advice, DecisionState, Hurry, Mandate, Shown, Source, Stage
from mingbai.legalaid.models import AidReport, Assignment, Decision, Objection
from mingbai.legalaid.perms import can_decide, can_judge, can_state, is_assigned
from mingbai.legalaid.rules.letters import told_grounds
from mingbai.web.desk.aid_turn import AID_CODES, aid_next
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.turn import act_url
from mingbai.web.desk.verbs import VERBS

_UNDECIDED = frozenset({Stage.APPLIED, Stage.ACCEPTED, Stage.ASKED, Stage.REVIEW, Stage.REFUSAL_PROPOSED})
_TONES = {DecisionState.PROPOSED: "soon", DecisionState.SENT_BACK: "", DecisionState.OVERTURNED: ""}


@dataclass
class AidPanel:
    """Built from a dossier whose matter is legal aid."""

    dossier: Dossier

    def __post_init__(self) -> None:
        assert self.dossier.aid is not None
        self.application = self.dossier.aid
        self.case = self.dossier.case
        self.stage = Stage(self.case.stage).label

    @property
    def is_undecided(self) -> bool:
        return self.case.stage in _UNDECIDED

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What was stated; means and the other side only for who works, decides or judges it."""
        review, own = self.dossier.aid_review, self.application
        rows = [
            (_("事项"), review.matter.name if review.matter else _("还没有定")),
            (_("依据"), str(own.get_claim_display()) or _("还没有定")),
            (_("来源"), self._source()),
            (_("谁来申请"), str(Mandate(own.mandate).label)),
            (_("人员"), review.belonging.name if review.belonging else ""),
            (_("怎样证明"), str(Shown(own.shown).label) if own.shown else ""),
            (_("要哪种帮助"), str(own.get_form_display()) if own.form else ""),
            (_("归哪里办"), " ".join(filter(None, (str(own.get_place_of_display()), own.body)))),
            (_("紧急"), str(Hurry(own.hurry).label) if own.hurry else ""),
        ]
        if self._sees_means():
            terms = review.terms
            rows.append((_("每人每月收入"), _("%(n)s 元") % {"n": terms.income} if terms.income else ""))
            rows.append((_("家里人口"), terms.heads))
            rows.append((_("家里情况"), terms.means))
            rows.append((_("对方"), terms.opponent))
        return [(label, value) for label, value in rows if value]

    def _source(self) -> str:
        own = self.application
        return " ".join(filter(None, (str(Source(own.source).label), own.organ)))

    def _sees_means(self) -> bool:
        user, case = self.dossier.here.user, self.case
        return any(may(user, case) for may in (can_state, can_decide, can_judge, is_assigned))

    @property
    def advice(self) -> str:
        return str(Advice(self.dossier.aid_review.proposal.advice).label)

    @property
    def reasons(self) -> list[dict[str, str]]:
        return [
            {"text": reason.text, "source": reason.source.removeprefix("中华人民共和国")}
            for reason in self.dossier.aid_review.proposal.reasons
        ]

    @property
    def missing(self) -> list[str]:
        return list(self.dossier.aid_review.missing)

    @property
    def actions(self) -> list[dict[str, Any]]:
        """What may be done now, what the stage is for first."""
        wished = [code for code in aid_next(self.dossier) if code in VERBS]
        codes = dict.fromkeys([*wished, *(code for code in VERBS if code in AID_CODES)])
        verbs = (VERBS[code] for code in codes)
        return [
            {"label": verb.label, "icon": verb.icon, "url": act_url(self.dossier, verb.code)}
            for verb in verbs
            if verb.is_open(self.dossier)
        ]

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [self._decision(each) for each in self.dossier.aid_decisions]

    def _decision(self, decision: Decision) -> dict[str, Any]:
        who = [_("%(who)s提出") % {"who": decision.proposed_name} if decision.proposed_name else ""]
        if decision.made_at:
            said = {"who": decision.made_name, "at": when.moment(decision.made_at)}
            who.append(_("%(who)s %(at)s 决定") % said)
        return {
            "title": decision.get_kind_display(),
            "state": decision.get_state_display(),
            "tone": _TONES.get(DecisionState(decision.state), "ok"),
            "facts": [text for text in (*who, decision.office, told_grounds(decision.ground)) if text],
            "reason": decision.reason,
            "note": decision.note,
        }

    @property
    def objections(self) -> list[dict[str, Any]]:
        return [self._objection(each) for each in self.dossier.aid_objections]

    def _objection(self, objection: Objection) -> dict[str, Any]:
        facts = [
            _("%(who)s %(at)s 提出") % {"who": objection.filed_by, "at": when.moment(objection.filed_at)}
        ]
        if objection.judged_at:
            said = {"who": objection.judged_by, "at": when.moment(objection.judged_at)}
            facts.append(_("%(who)s %(at)s 审查") % said)
        return {
            "state": objection.get_outcome_display(),
            "facts": facts,
            "text": objection.text,
            "answer": objection.answer,
        }

    @property
    def assignments(self) -> list[dict[str, Any]]:
        return [self._assignment(each) for each in self.dossier.aid_assignments]

    def _assignment(self, assignment: Assignment) -> dict[str, Any]:
        place = next(
            (n for n, row in enumerate(assignment.standing, 1) if row["code"] == assignment.worker.code), 0
        )
        total = len(assignment.standing)
        return {
            "name": assignment.worker.name,
            "firm": assignment.firm.name if assignment.firm else "",
            "state": assignment.get_state_display(),
            "facts": [
                _("%(at)s 由%(who)s指派")
                % {"at": when.moment(assignment.assigned_at), "who": assignment.assigned_by},
                _("名单上第 %(place)d 位，共 %(total)d 位") % {"place": place, "total": total},
            ],
            "why": assignment.why,
            "end_why": assignment.end_why,
        }

    @property
    def file(self) -> list[dict[str, Any]]:
        return [
            {
                "name": line.name,
                "source": line.source,
                "place": line.place,
                "state": _("已有") if line.is_there else _("还缺"),
                "tone": "ok" if line.is_there else "soon",
            }
            for line in self.dossier.aid_file
        ]

    @property
    def reports(self) -> list[dict[str, Any]]:
        return [self._report(each) for each in self.dossier.aid_reports]

    def _report(self, report: AidReport) -> dict[str, Any]:
        facts = [when.day(report.happened_on), report.by]
        if report.hours:
            facts.append(_("%(n)s 小时") % {"n": report.hours.normalize()})
        if report.expenses:
            facts.append(_("费用 %(n)s 元") % {"n": report.expenses.normalize()})
        if report.is_happy is not None:
            facts.append(_("满意") if report.is_happy else _("不满意"))
        step = report.get_step_display() if report.step else report.get_kind_display()
        return {"title": step, "facts": facts, "text": report.text}
