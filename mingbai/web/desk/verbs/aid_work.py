"""The verbs of legal aid that was given: assign, release, report, close the file, terminate, visit."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.legalaid import actions
from mingbai.legalaid.enums import EndGround, ReportKind, Stage, Step
from mingbai.legalaid.models import Assessment
from mingbai.legalaid.perms import can_report, is_assigned
from mingbai.legalaid.queries.quality import reviewers
from mingbai.legalaid.rules.file import missing
from mingbai.people.models import Worker
from mingbai.subsidies.enums import NOT_OF_CASES
from mingbai.subsidies.enums import Stage as Phase
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.aid import at_stage, decides, may_confirm, with_values
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import DayField, WordsField

PHASES = [choice for choice in Phase.choices if choice[0] not in NOT_OF_CASES]


class AssignForm(VerbForm):
    """Whose turn it is stands first and is chosen; who may not be is named with the reason."""

    worker = forms.ChoiceField(label=_("指派给谁"), widget=forms.RadioSelect)
    why = WordsField(
        label=_("不按顺序的理由"), most=500, rows=2, required=False, help_text=_("选第一位的不用写。")
    )
    phase = forms.ChoiceField(
        label=_("办到哪个阶段"),
        choices=PHASES,
        required=False,
        help_text=_("补贴按阶段算，一个阶段一件。"),
    )
    has_consents = forms.BooleanField(label=_("县里只有一家律所，双方都已书面同意"), required=False)

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        order = [place for place in self.dossier.aid_candidates if not place.bars]
        self.fields["worker"].choices = [  # type: ignore[attr-defined]
            (
                str(place.candidate.worker),
                _("%(name)s：%(why)s")
                % {
                    "name": " ".join(filter(None, (place.candidate.name, place.candidate.firm_name))),
                    "why": "，".join(place.reasons),
                },
            )
            for place in order
        ]
        self.fields["worker"].initial = str(order[0].candidate.worker) if order else None
        barred = [place for place in self.dossier.aid_candidates if place.bars]
        self.fields["worker"].help_text = "；".join(
            f"{place.candidate.name}：{place.bars[0].label}" for place in barred[:8]
        )


class ReleaseForm(VerbForm):
    reason = WordsField(label=_("为什么"), most=500, rows=3)


class ReportForm(VerbForm):
    step = forms.ChoiceField(label=_("到了哪一步"), choices=Step.choices, widget=forms.RadioSelect)
    happened_on = DayField(label=_("哪天"))
    text = WordsField(label=_("说明"), most=5000, rows=4, help_text=_("受援人会看到，用大白话。"))
    hours = forms.DecimalField(
        label=_("用时（小时）"), min_value=0, max_value=9999, max_digits=6, decimal_places=1, required=False
    )
    expenses = forms.DecimalField(
        label=_("直接费用（元）"), min_value=0, max_digits=9, decimal_places=2, required=False
    )
    concludes = forms.BooleanField(label=_("事情已经了结，接下来交结案报告"), required=False)

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        self.fields["happened_on"].initial = timezone.localdate()


class ClosingForm(VerbForm):
    text = WordsField(
        label=_("结案报告"),
        most=5000,
        rows=6,
        help_text=_("做了什么、结果如何。判决书、调解书等先加到材料里。"),
    )
    hours = forms.DecimalField(
        label=_("用时（小时）"), min_value=0, max_value=9999, max_digits=6, decimal_places=1, required=False
    )
    expenses = forms.DecimalField(
        label=_("直接费用（元）"), min_value=0, max_digits=9, decimal_places=2, required=False
    )


class ReturnForm(VerbForm):
    note = WordsField(label=_("还缺什么"), most=2000, rows=3, help_text=_("一次说全。"))

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        self.fields["note"].initial = "、".join(missing(self.dossier.aid_file))


class FinishForm(VerbForm):
    text = WordsField(label=_("对受援人说"), most=2000, rows=3, help_text=_("结果是什么，接下来要注意什么。"))


class EndForm(VerbForm):
    ground = forms.ChoiceField(label=_("哪一种情形"), choices=EndGround.choices, widget=forms.RadioSelect)
    reason = WordsField(label=_("理由"), most=2000, rows=4, help_text=_("受援人会看到。写明事实和依据。"))


class VisitForm(VerbForm):
    is_happy = forms.ChoiceField(
        label=_("受援人满意吗"), choices=[("yes", _("满意")), ("no", _("不满意"))], widget=forms.RadioSelect
    )
    text = WordsField(label=_("怎么说的"), most=5000, rows=3)


def _assign(doing: Doing) -> Any:
    data = doing.data
    return actions.assign(
        case=doing.case,
        by=doing.by,
        worker=Worker.objects.get(pk=data["worker"]),
        why=data["why"],
        has_consents=data["has_consents"],
        phase=data["phase"],
    )


def _release(*, declined: bool) -> Any:
    return lambda doing: actions.release(
        case=doing.case, by=doing.by, declined=declined, reason=doing.data["reason"]
    )


def _spent(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] or Decimal(0) for name in ("hours", "expenses")}


def _report(doing: Doing) -> Any:
    data = doing.data
    told: dict[str, Any] = {name: data[name] for name in ("step", "happened_on", "text", "concludes")}
    return actions.report(case=doing.case, by=doing.by, **told, **_spent(data))


def _closing(doing: Doing) -> Any:
    data = doing.data
    return actions.report_closing(case=doing.case, by=doing.by, text=data["text"], **_spent(data))


def _visit(doing: Doing) -> Any:
    data = doing.data
    return actions.visit(case=doing.case, by=doing.by, is_happy=data["is_happy"] == "yes", text=data["text"])


def _reports(dossier: Dossier) -> bool:
    return dossier.aid is not None and can_report(dossier.here.user, dossier.case)


def _is_mine(dossier: Dossier) -> bool:
    return dossier.aid is not None and is_assigned(dossier.here.user, dossier.case)


def _can_be_declined(dossier: Dossier) -> bool:
    return dossier.aid is not None and dossier.case.stage == Stage.ASSIGNED


def _owes_visit(dossier: Dossier) -> bool:
    if dossier.aid is None or dossier.case.stage not in (Stage.DONE, Stage.CLOSED):
        return False
    kinds = {report.kind for report in dossier.aid_reports}
    return ReportKind.CLOSING in kinds and ReportKind.VISIT not in kinds


class TickForm(VerbForm):
    """What is still missing, and lies on paper."""

    part = forms.ChoiceField(label=_("哪一份"), widget=forms.RadioSelect)
    place = WordsField(label=_("纸质的放在哪里"), most=200, rows=2)

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        lacking = [(line.code, line.name) for line in self.dossier.aid_file if not line.is_there]
        self.fields["part"].choices = lacking  # type: ignore[attr-defined]


def _lacks(dossier: Dossier) -> bool:
    return dossier.aid is not None and any(not line.is_there for line in dossier.aid_file)


class ReviewForm(VerbForm):
    """Who may not is left out: who worked it, and their firm."""

    reviewer = forms.ChoiceField(label=_("谁来评"), widget=forms.RadioSelect)
    why = WordsField(label=_("为什么评这一件"), most=300, rows=2)

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        found = [worker for worker, bars in reviewers(self.dossier.case) if not bars]
        names = [
            (str(one.pk), " ".join(filter(None, (one.name, str(one.organisation or ""))))) for one in found
        ]
        self.fields["reviewer"].choices = names  # type: ignore[attr-defined]


def _review(doing: Doing) -> Any:
    reviewer = Worker.objects.get(pk=doing.data["reviewer"])
    return actions.choose_for_review(case=doing.case, by=doing.by, reviewer=reviewer, why=doing.data["why"])


def _is_reviewable(dossier: Dossier) -> bool:
    if dossier.aid is None or dossier.case.stage != Stage.CLOSED:
        return False
    return bool(dossier.aid_reports) and not Assessment.objects.filter(case=dossier.case).exists()


VERBS = (
    Verb(
        "aid_assign",
        _("指派承办人"),
        "user",
        _("按轮流的顺序；选别人要写理由，当时的名单会留下来。"),
        _assign,
        decides,
        AssignForm,
        fits=at_stage("assign"),
        done=_("已指派，受援人会收到通知。"),
    ),
    Verb(
        "aid_report",
        _("报告进展"),
        "edit",
        _("受援人凭编号能看到。"),
        _report,
        _reports,
        ReportForm,
        fits=at_stage("conclude"),
        done=_("已记下进展。"),
    ),
    Verb(
        "aid_closing",
        _("交结案报告"),
        "file-text",
        _("连同判决书、调解书等材料，由法律援助机构审核。"),
        _closing,
        _reports,
        ClosingForm,
        fits=at_stage("report_closing"),
        done=_("已提交，等审核。"),
    ),
    Verb(
        "aid_finish",
        _("审核通过，结案"),
        "circle-check",
        _("材料齐全。告诉受援人结果，之后回访。"),
        with_values(actions.finish, "text"),
        decides,
        FinishForm,
        fits=at_stage("finish"),
        done=_("已结案，请告知受援人。"),
    ),
    Verb(
        "aid_return",
        _("退回补材料"),
        "arrow-back-up",
        _("结案材料不齐，退给承办人补正。"),
        with_values(actions.return_report, "note"),
        decides,
        ReturnForm,
        fits=at_stage("return_report"),
        done=_("已退回。"),
    ),
    Verb(
        "aid_decline",
        _("不接受指派"),
        "x",
        _("说明理由，由法律援助机构另行指派。"),
        _release(declined=True),
        lambda dossier: _is_mine(dossier) or decides(dossier),
        ReleaseForm,
        fits=_can_be_declined,
        done=_("已记下，要重新指派。"),
    ),
    Verb(
        "aid_replace",
        _("更换承办人"),
        "refresh",
        _("受援人要求换人，或者承办人不能再办。"),
        _release(declined=False),
        decides,
        ReleaseForm,
        fits=at_stage("release"),
        done=_("已更换，请重新指派。"),
    ),
    Verb(
        "aid_end",
        _("拟终止援助"),
        "hand-stop",
        _("法律写明的八种情形之一，由另一人复核后才终止。"),
        with_values(actions.propose_termination, "ground", "reason"),
        decides,
        EndForm,
        fits=at_stage("propose_termination"),
        done=_("已提出，等另一人复核。"),
        is_danger=True,
    ),
    Verb(
        "aid_confirm_end",
        _("复核：终止援助"),
        "gavel",
        _("您不是提出的人：同意理由，就作出终止法律援助的决定。"),
        lambda d: actions.confirm_termination(case=d.case, by=d.by),
        may_confirm,
        fits=at_stage("confirm_termination"),
        done=_("已决定终止，请把理由和救济途径告知受援人。"),
        is_danger=True,
    ),
    Verb(
        "aid_visit",
        _("回访"),
        "phone-call",
        _("结案以后问一问受援人；承办人不能回访自己办的件。"),
        _visit,
        lambda dossier: decides(dossier) and not _is_mine(dossier),
        VisitForm,
        fits=_owes_visit,
        done=_("已记下回访。"),
    ),
    Verb(
        "aid_tick",
        _("登记纸质材料"),
        "checklist",
        _("材料只有纸质的：写明放在哪里，归档目录里就算有了。"),
        with_values(actions.tick_part, "part", "place"),
        _reports,
        TickForm,
        fits=_lacks,
        done=_("已登记。"),
    ),
    Verb(
        "aid_review",
        _("做质量评估"),
        "list-check",
        _("由别的机构的人按评分表评；等次决定补贴。"),
        _review,
        decides,
        ReviewForm,
        fits=_is_reviewable,
        done=_("已交给评估人。"),
    ),
)
