"""The verbs of legal aid in the review: state, ask, grant, refuse by two, transfer, lapse, object, judge."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.legalaid import actions
from mingbai.legalaid.actions.deciding import DEBT
from mingbai.legalaid.enums import Hurry, Judgement, Stage
from mingbai.legalaid.perms import can_confirm, can_decide, can_judge, can_state
from mingbai.legalaid.queries import terms_of
from mingbai.legalaid.rules.stages import may
from mingbai.web.aid.statement import initial_of, statement_fields, terms_from
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.desk.verbs.work import Papers, lines_of, offer_papers, works
from mingbai.web.forms import WordsField


def decides(dossier: Dossier) -> bool:
    return dossier.aid is not None and can_decide(dossier.here.user, dossier.case)


def settles(dossier: Dossier) -> bool:
    """Grants or passes on: not where another one has to."""
    return decides(dossier) and not dossier.aid_needs_another


def at_stage(verb: str) -> Any:
    """Whether the table of stages has this verb for the matter as it stands."""
    return lambda dossier: dossier.aid is not None and may(dossier.case.stage, verb)


class StateForm(VerbForm):
    """The application as the applicant states it; corrected as often as it takes."""

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        review = self.dossier.aid_review
        self.fields.update(statement_fields(review.catalogue))
        self.initial = {**initial_of(terms_of(review.application)), **self.initial}


class MissingForm(VerbForm):
    papers = Papers(label=_("还缺的材料"))
    more = WordsField(label=_("其他材料"), most=1000, rows=2, required=False, help_text=_("一行一样。"))
    text = WordsField(
        label=_("对申请人说"), most=5000, rows=4, help_text=_("一次说全：缺什么、去哪里开、怎么交。")
    )

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        names = list(self.dossier.aid_review.missing)
        offer_papers(self, names)
        self.fields["papers"].initial = names

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("papers") and not data.get("more"):
            self.add_error("more", _("请写明缺哪些材料，要一次说全。"))
        return data


class GrantForm(VerbForm):
    reason = WordsField(
        label=_("理由"), most=2000, rows=3, required=False, help_text=_("申请人会看到，可以不写。")
    )


class FirstForm(VerbForm):
    hurry = forms.ChoiceField(
        label=_("哪一种紧急情形"),
        choices=[choice for choice in Hurry.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    reason = WordsField(label=_("说明"), most=2000, rows=3)

    def prepare(self) -> None:
        if self.dossier.aid is None:  # asked of a matter that is no application
            return
        self.fields["hurry"].initial = self.dossier.aid.hurry or None


class RefusalForm(VerbForm):
    reason = WordsField(
        label=_("理由"), most=2000, rows=4, help_text=_("申请人会看到。写明事实、标准和为什么不符合。")
    )
    laws = WordsField(
        label=_("法律依据"), most=2000, rows=2, required=False, help_text=_("一行一条，写清第几条。")
    )


class BackForm(VerbForm):
    note = WordsField(label=_("退回的理由"), most=2000, rows=3, help_text=_("只有同事看得到。"))


class TransferForm(VerbForm):
    office = WordsField(label=_("转给哪家法律援助机构"), most=150)
    phone = forms.CharField(label=_("那里的电话"), max_length=40)
    reason = WordsField(label=_("为什么归那里办"), most=2000, rows=3)


class LapseForm(VerbForm):
    reason = WordsField(label=_("说明"), most=2000, rows=2, required=False)


class ObjectForm(VerbForm):
    text = WordsField(label=_("异议"), most=5000, rows=5, help_text=_("用申请人自己的话。"))


class JudgeForm(VerbForm):
    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[(Judgement.UPHELD, _("维持原决定")), (Judgement.ORDERED, _("责令改正，给予援助"))],
        widget=forms.RadioSelect,
    )
    answer = WordsField(label=_("审查意见"), most=2000, rows=4, help_text=_("申请人会看到。"))


def _state(doing: Doing) -> Any:
    return actions.state(case=doing.case, by=doing.by, terms=terms_from(doing.data))


def _ask(doing: Doing) -> Any:
    papers = [*doing.data["papers"], *lines_of(doing.data["more"])]
    return actions.ask_missing(case=doing.case, by=doing.by, text=doing.data["text"], papers=papers)


def _propose(doing: Doing) -> Any:
    data = doing.data
    laws = lines_of(data["laws"])
    return actions.propose_refusal(case=doing.case, by=doing.by, reason=data["reason"], laws=laws)


def with_values(action: Any, *names: str) -> Any:
    """The action with the values of the form by their names."""
    return lambda doing: action(case=doing.case, by=doing.by, **{name: doing.data[name] for name in names})


def may_confirm(dossier: Dossier) -> bool:
    if dossier.aid is None or dossier.aid_proposal is None:
        return False
    return can_confirm(dossier.here.user, dossier.case, dossier.aid_proposal)


def _is_past_due(dossier: Dossier) -> bool:
    """The day that was named for the papers has passed."""
    if not at_stage("let_lapse")(dossier):
        return False
    running = (view for view in dossier.clocks if view.is_running and view.rule.code == "aid_supplement")
    return all(view.due_at < timezone.now() for view in running)


def _owes_papers(dossier: Dossier) -> bool:
    if dossier.aid is None:
        return False
    return any(view.is_running and view.clock.subject == DEBT for view in dossier.clocks)


_UNDECIDED = frozenset({Stage.APPLIED, Stage.ACCEPTED, Stage.ASKED, Stage.REVIEW, Stage.REFUSAL_PROPOSED})


def _is_undecided(dossier: Dossier) -> bool:
    return dossier.aid is not None and dossier.case.stage in _UNDECIDED


VERBS = (
    Verb(
        "aid_state",
        _("填申请内容"),
        "edit",
        _("照申请人说的填；不清楚的先空着，审查时再问。"),
        _state,
        lambda dossier: dossier.aid is not None and can_state(dossier.here.user, dossier.case),
        StateForm,
        fits=_is_undecided,
        button=_("保存"),
        done=_("已记下申请内容。"),
    ),
    Verb(
        "aid_grant",
        _("给予援助"),
        "circle-check",
        _("作出给予法律援助的决定，三日内指派承办人。"),
        with_values(actions.grant, "reason"),
        settles,
        GrantForm,
        fits=at_stage("grant"),
        done=_("已决定给予援助，请在三日内指派。"),
    ),
    Verb(
        "aid_ask",
        _("一次告知缺什么"),
        "message-2-question",
        _("缺什么一次说全。决定的时限暂停，等补充的时限开始走。"),
        _ask,
        decides,
        MissingForm,
        fits=at_stage("ask"),
        done=_("已告知，等申请人补充。"),
    ),
    Verb(
        "aid_first",
        _("先行提供"),
        "alert-triangle",
        _("时效快到、要马上保全的，先给援助，手续后补。"),
        with_values(actions.give_first, "hurry", "reason"),
        decides,
        FirstForm,
        fits=at_stage("give_first"),
        done=_("已先行提供援助，手续要补办。"),
    ),
    Verb(
        "aid_transfer",
        _("转交外地"),
        "arrows-exchange",
        _("归外地办的，连材料一起转，告诉申请人那里的电话。归本市别的县区办的，用“转办”。"),
        with_values(actions.transfer, "office", "phone", "reason"),
        settles,
        TransferForm,
        fits=at_stage("transfer"),
        done=_("已转交，请告知申请人。"),
    ),
    Verb(
        "aid_refuse",
        _("拟不予援助"),
        "hand-stop",
        _("提出理由，由另一人复核后才作出决定。"),
        _propose,
        decides,
        RefusalForm,
        fits=at_stage("propose_refusal"),
        done=_("已提出，等另一人复核。"),
        is_danger=True,
    ),
    Verb(
        "aid_confirm",
        _("复核：不予援助"),
        "gavel",
        _("您不是提出的人：同意理由，就作出不予法律援助的决定。"),
        lambda d: actions.confirm_refusal(case=d.case, by=d.by),
        may_confirm,
        fits=at_stage("confirm_refusal"),
        done=_("已决定不予援助，请把理由和救济途径告知申请人。"),
        is_danger=True,
    ),
    Verb(
        "aid_send_back",
        _("复核：退回"),
        "arrow-back-up",
        _("不同意，退回原来的环节，说明理由。"),
        with_values(actions.send_back, "note"),
        may_confirm,
        BackForm,
        fits=lambda dossier: dossier.aid is not None and dossier.aid_proposal is not None,
        done=_("已退回。"),
    ),
    Verb(
        "aid_lapse",
        _("确认视为撤回"),
        "clock",
        _("补充的期限已过，材料没有来。由您确认，不自动撤回。"),
        with_values(actions.let_lapse, "reason"),
        decides,
        LapseForm,
        fits=_is_past_due,
        done=_("已按视为撤回处理。"),
        why_not=_("补充材料的期限还没有到。"),
    ),
    Verb(
        "aid_papers",
        _("手续已补齐"),
        "file-text",
        _("先行提供援助时欠的手续，已经补齐。"),
        lambda d: actions.papers_complete(case=d.case, by=d.by),
        decides,
        fits=_owes_papers,
        done=_("已记下。"),
    ),
    Verb(
        "aid_object",
        _("代提异议"),
        "flag",
        _("申请人对不予援助、终止援助的决定不服，向司法局提出。五日内审查。"),
        with_values(actions.object_to, "text"),
        lambda dossier: dossier.aid is not None and works(dossier),
        ObjectForm,
        fits=at_stage("object"),
        done=_("已提出异议，由司法局审查。"),
    ),
    Verb(
        "aid_judge",
        _("审查异议"),
        "gavel",
        _("维持，或者责令改正。"),
        with_values(actions.judge, "outcome", "answer"),
        lambda dossier: dossier.aid is not None and can_judge(dossier.here.user, dossier.case),
        JudgeForm,
        fits=at_stage("uphold"),
        done=_("已审查。"),
    ),
)
