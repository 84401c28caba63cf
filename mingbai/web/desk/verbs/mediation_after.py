"""The verbs of what follows an agreement: the court, performance, the return visit, the file's number."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.mediation import actions
from mingbai.mediation.enums import Confirmation, Outcome, TermState
from mingbai.mediation.models import Agreement, Committee
from mingbai.mediation.rules.confirmation import PAPERS
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.mediation import PartiesField, leads, names, offer_parties, with_values
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import DayField, WordsField


class WantForm(VerbForm):
    asking = PartiesField(label=_("谁要申请"), help_text=_("要各方共同申请。"))

    def prepare(self) -> None:
        offer_parties(self, "asking")
        self.fields["asking"].help_text = _("要各方共同申请，不收钱。要带：%(papers)s。") % {
            "papers": "、".join(str(paper) for paper in PAPERS)
        }


class FileForm(VerbForm):
    court = WordsField(label=_("哪个法院"), most=100)
    filed_on = DayField(label=_("哪天交的"))

    def prepare(self) -> None:
        self.fields["filed_on"].initial = timezone.localdate()


class RuledForm(VerbForm):
    confirmed = forms.ChoiceField(
        label=_("法院怎么定的"),
        choices=[("yes", _("裁定有效")), ("no", _("驳回或者不受理"))],
        widget=forms.RadioSelect,
    )
    decided_on = DayField(label=_("裁定日期"))
    number = WordsField(label=_("案号"), most=64, required=False)
    text = WordsField(label=_("法院的意见"), most=2000, rows=3, required=False)


class TermForm(VerbForm):
    term = forms.TypedChoiceField(label=_("哪一项"), coerce=int, widget=forms.RadioSelect)
    done = forms.ChoiceField(
        label=_("履行了吗"),
        choices=[("yes", _("履行了")), ("no", _("到期没有履行"))],
        widget=forms.RadioSelect,
    )
    on = DayField(label=_("哪天"))
    note = WordsField(label=_("说明"), most=1000, rows=2, required=False)

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        waiting = [one for one in self.dossier.mediation.terms if one.state != TermState.DONE]
        self.fields["term"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), one.text[:60]) for one in waiting
        ]
        self.fields["on"].initial = timezone.localdate()


class VisitForm(VerbForm):
    is_performed = forms.ChoiceField(
        label=_("都履行了吗"), choices=[("yes", _("都履行了")), ("no", _("还没有"))], widget=forms.RadioSelect
    )
    is_happy = forms.ChoiceField(
        label=_("当事人满意吗"),
        choices=[("", _("没有说")), ("yes", _("满意")), ("no", _("不满意"))],
        required=False,
        widget=forms.RadioSelect,
    )
    text = WordsField(label=_("怎么说的"), most=5000, rows=3)


class NumberForm(VerbForm):
    committee = forms.ModelChoiceField(label=_("哪个调委会"), queryset=Committee.objects.none())

    def prepare(self) -> None:
        active = Committee.objects.filter(is_active=True).select_related("organisation")
        self.fields["committee"].queryset = active  # type: ignore[attr-defined]
        if self.dossier.mediation is not None:
            self.fields["committee"].initial = self.dossier.mediation.row.committee_id


def _yes(action: Any, flag: str, *fields: str) -> Any:
    """The action with a yes or no among its values."""
    return lambda doing: action(
        case=doing.case,
        by=doing.by,
        **{name: doing.data[name] for name in fields},
        **{flag: doing.data[flag] == "yes"},
    )


def _visit(doing: Doing) -> Any:
    data = doing.data
    happy = {"yes": True, "no": False}.get(data["is_happy"])
    performed = data["is_performed"] == "yes"
    return actions.visit(
        case=doing.case, by=doing.by, is_performed=performed, is_happy=happy, text=data["text"]
    )


def _effective(dossier: Dossier) -> Agreement | None:
    return dossier.mediation.effective if dossier.mediation else None


def _confirmation(*states: str) -> Any:
    def fits(dossier: Dossier) -> bool:
        agreement = _effective(dossier)
        return agreement is not None and agreement.confirmation in states

    return fits


def _can_want(dossier: Dossier) -> bool:
    agreement = _effective(dossier)
    if agreement is None or agreement.confirm_by is None or agreement.confirmation != Confirmation.NONE:
        return False
    return timezone.localdate() <= agreement.confirm_by


def _owes_terms(dossier: Dossier) -> bool:
    if _effective(dossier) is None or dossier.mediation is None:
        return False
    return any(one.state != TermState.DONE for one in dossier.mediation.terms)


def _wants_number(dossier: Dossier) -> bool:
    if dossier.mediation is None:
        return False
    row = dossier.mediation.row
    return row.outcome != Outcome.NONE and row.file_seq is None


VERBS = (
    Verb(
        "med_want",
        _("共同申请司法确认"),
        "gavel",
        _("生效起三十日内，各方一起向法院申请；确认后可以申请强制执行。"),
        with_values(actions.want_confirmation, "asking"),
        leads,
        WantForm,
        fits=_can_want,
        done=_("已记下，三十日的期限在走。"),
    ),
    Verb(
        "med_filed",
        _("已交法院"),
        "building-community",
        _("记下交到哪个法院、哪天交的。"),
        with_values(actions.file_confirmation, "court", "filed_on"),
        leads,
        FileForm,
        fits=_confirmation(Confirmation.WANTED),
        done=_("已记下。"),
    ),
    Verb(
        "med_unwant",
        _("不申请司法确认了"),
        "x",
        _("当事人不想申请了，或者过了三十日。协议照样有效。"),
        lambda d: actions.drop_confirmation(case=d.case, by=d.by),
        leads,
        fits=_confirmation(Confirmation.WANTED),
        done=_("已记下。"),
    ),
    Verb(
        "med_ruled",
        _("法院的裁定"),
        "gavel",
        _("裁定有效的，一方不履行，另一方可以申请强制执行。"),
        _yes(actions.decide_confirmation, "confirmed", "decided_on", "number", "text"),
        leads,
        RuledForm,
        fits=_confirmation(Confirmation.FILED),
        done=_("已记下，当事人会看到。"),
    ),
    Verb(
        "med_term",
        _("登记履行"),
        "circle-check",
        _("约定的事做了没有，一项一项记。"),
        _yes(actions.settle_term, "done", "term", "on", "note"),
        leads,
        TermForm,
        fits=_owes_terms,
        done=_("已记下。"),
    ),
    Verb(
        "med_visit",
        _("回访"),
        "phone-call",
        _("问一问各方：都履行了吗，还有没有别的。"),
        _visit,
        leads,
        VisitForm,
        fits=lambda dossier: _effective(dossier) is not None,
        done=_("已记下回访。"),
    ),
    Verb(
        "med_number",
        _("编卷宗号"),
        "ticket",
        _("结束以后编号，一年一个顺序，编了不再变。"),
        with_values(actions.number_file, "committee"),
        names,
        NumberForm,
        fits=_wants_number,
        done=_("已编号。"),
    ),
)
