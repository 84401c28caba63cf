"""What a person may ask of what is kept of them: put right, erased where no law keeps it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import rights
from mingbai.cases.actions.consents import withdraw_consent
from mingbai.cases.models import Case, Consent
from mingbai.cases.perms import can_merge_person, can_show_person
from mingbai.cases.queries.rights import elsewhere
from mingbai.core.refused import Refused
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.people import WhoForm
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import WordsField


class CorrectForm(WhoForm):
    """What is left empty stays as it is: the clerk need not see the old values to correct one."""

    name = forms.CharField(label=_("姓名"), max_length=64, required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    id_number = forms.CharField(label=_("身份证号"), max_length=40, required=False)
    reason = WordsField(label=_("怎么核实的"), most=500, rows=2)


class EraseForm(WhoForm):
    reason = WordsField(label=_("本人怎么提出的，怎么核实的身份"), most=500, rows=2)
    sure = forms.BooleanField(label=_("我知道删除以后谁也恢复不了"))


class ConsentForm(VerbForm):
    """One of the consents given with this matter and not yet withdrawn."""

    purpose = forms.ChoiceField(label=_("撤回哪一项"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        given = [(one.purpose, one.get_purpose_display()) for one in _given(self.case)]
        self.fields["purpose"].choices = given  # type: ignore[attr-defined]


def _given(case: Case) -> list[Consent]:
    return list(case.consents.filter(withdrawn_at=None).order_by("given_at", "pk"))


def _withdraw(doing: Doing) -> Any:
    return withdraw_consent(case=doing.case, by=doing.by, purpose=doing.data["purpose"])


def _correct(doing: Doing) -> Any:
    values = {name: doing.data[name] for name in ("name", "phone", "id_number", "reason")}
    return rights.correct_person(resident=_person(doing), case=doing.case, by=doing.by, **values)


def _erase(doing: Doing) -> Any:
    person = _person(doing)
    if hidden := elsewhere(person, doing.dossier.here.user):
        raise Refused(
            _("这个人还有 %(count)d 件事在您看不到的站点，请上一级监督人员办理。") % {"count": hidden},
            code="elsewhere",
        )
    return rights.erase_on_request(resident=person, case=doing.case, by=doing.by, reason=doing.data["reason"])


def _person(doing: Doing) -> Any:
    return next(one for one in doing.dossier.people if str(one.pk) == doing.data["who"])


def _there(dossier: Dossier) -> bool:
    return any(not one.erased_at for one in dossier.people)


VERBS = (
    Verb(
        "correct_person",
        _("更正个人信息"),
        "edit",
        _("本人说记错了，核实后更正；没有填的保持原样。更正前后的内容加密记入日志。"),
        _correct,
        lambda dossier: can_show_person(dossier.here.user, dossier.case),
        CorrectForm,
        fits=_there,
        done=_("已更正。"),
        why_not=_("没有可以更正的个人信息。"),
    ),
    Verb(
        "withdraw_consent",
        _("撤回同意"),
        "arrow-back-up",
        _("本人撤回同意：从现在起不再为这一项使用他的信息，以前做的仍然有效（个人信息保护法第十五条）。"),
        _withdraw,
        lambda dossier: can_show_person(dossier.here.user, dossier.case),
        ConsentForm,
        fits=lambda dossier: bool(_given(dossier.case)),
        done=_("已撤回。"),
        why_not=_("没有可以撤回的同意。"),
    ),
    Verb(
        "erase_person",
        _("删除个人信息"),
        "trash",
        _("本人要求删除：姓名、电话、证件、诉求、附件都销毁，编号和统计留下。依法要保存的会说明理由。"),
        _erase,
        lambda dossier: can_merge_person(dossier.here.user, dossier.case),
        EraseForm,
        fits=_there,
        done=_("已删除。"),
        why_not=_("没有可以删除的个人信息。"),
        is_danger=True,
    ),
)
