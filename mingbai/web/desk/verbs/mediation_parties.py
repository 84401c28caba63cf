"""The verbs about the parties of a mediation: put down, corrected, asked whether they agree, shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.mediation import actions
from mingbai.mediation.enums import Consent, How, PartyKind, Side
from mingbai.mediation.models import Party
from mingbai.mediation.perms import can_read_inside
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.web.desk.dossier import PARTIES, Dossier
from mingbai.web.desk.verbs.mediation import (
    PartyField,
    at_stage,
    is_early,
    leads,
    offer_parties,
    party_choices,
    with_values,
)
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import PhoneField, WordsField


class PartyForm(VerbForm):
    side = forms.ChoiceField(label=_("哪一方"), choices=Side.choices, initial=Side.OTHER)
    kind = forms.ChoiceField(
        label=_("个人还是单位"),
        choices=PartyKind.choices,
        initial=PartyKind.PERSON,
        widget=forms.RadioSelect,
    )
    name = WordsField(label=_("姓名或单位名称"), most=100)
    code = forms.CharField(
        label=_("身份证号或统一社会信用代码"), max_length=40, required=False, help_text=_("没有可以先空着。")
    )
    phone = PhoneField(label=_("电话"), required=False, attrs={"autocomplete": "off"})
    address = WordsField(label=_("住址"), most=200, required=False)
    guardian = WordsField(label=_("监护人"), most=100, required=False, help_text=_("不满十八周岁的必须写。"))
    agent = WordsField(label=_("委托代理人"), most=100, required=False)


class ChangeForm(PartyForm):
    """An empty value leaves what is there: nothing has to be shown to be corrected."""

    party = PartyField(label=_("谁的信息"))
    no_guardian = forms.BooleanField(label=_("没有监护人"), required=False)
    no_agent = forms.BooleanField(label=_("没有委托代理人"), required=False)
    field_order = ("party", "side", "kind", "name")

    def prepare(self) -> None:
        offer_parties(self)
        for name in ("side", "kind", "name"):
            self.fields[name].required = False
        self.fields["side"].choices = [("", _("不变")), *Side.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("不变")), *PartyKind.choices]  # type: ignore[attr-defined]
        self.fields["side"].initial = self.fields["kind"].initial = ""
        self.fields["name"].help_text = _("空着的不改。")


class DropForm(VerbForm):
    party = PartyField(label=_("谁"))
    reason = WordsField(label=_("为什么不是当事人"), most=500, rows=2)

    def prepare(self) -> None:
        offer_parties(self)


def _unready(dossier: Dossier) -> list[Party]:
    """Who was not told their rights yet, or has not agreed (any more)."""
    present = dossier.mediation.present if dossier.mediation is not None else []
    return [one for one in present if one.told_rights_at is None or one.consent != Consent.AGREES]


class AgreeForm(VerbForm):
    party = PartyField(label=_("谁同意"))
    how = forms.ChoiceField(label=_("怎样说的"), choices=How.choices, widget=forms.RadioSelect)
    told_rights = forms.BooleanField(
        label=_("已告知权利义务：可以选调解员、可以随时不再调解、要如实说、调解不收钱")
    )

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        folder = self.dossier.mediation
        choices = party_choices(self.dossier, _unready(self.dossier) or folder.present)
        self.fields["party"].choices = choices  # type: ignore[attr-defined]


class DeclineForm(VerbForm):
    party = PartyField(label=_("谁不愿意"))
    how = forms.ChoiceField(label=_("怎样说的"), choices=How.choices, widget=forms.RadioSelect)
    reason = WordsField(
        label=_("说了什么"), most=2000, rows=3, required=False, help_text=_("只有同事看得到。")
    )

    def prepare(self) -> None:
        offer_parties(self)


class ReasonForm(VerbForm):
    reason = WordsField(label=_("为什么要看"), most=200, initial=_("办理本案"))


_PARTY = ("side", "kind", "name", "code", "phone", "address", "guardian", "agent")


def _add(doing: Doing) -> Any:
    terms = PartyTerms(**{name: doing.data[name] for name in _PARTY})
    return actions.add_party(case=doing.case, by=doing.by, party=terms)


def _change(doing: Doing) -> Any:
    assert doing.dossier.mediation is not None
    found = next(one for one in doing.dossier.mediation.present if one.pk == doing.data["party"])
    values = {name: doing.data[name] or getattr(found, name) for name in _PARTY}
    values |= {name: "" for name in ("guardian", "agent") if doing.data[f"no_{name}"]}
    terms = PartyTerms(**values)
    return actions.change_party(case=doing.case, by=doing.by, party=found.pk, terms=terms)


def _show(doing: Doing) -> Any:
    doing.dossier.shown.add(PARTIES)
    return actions.show_parties(case=doing.case, by=doing.by, reason=doing.data["reason"])


def _has_parties(dossier: Dossier) -> bool:
    return dossier.mediation is not None and bool(dossier.mediation.present)


def _can_change(dossier: Dossier) -> bool:
    return is_early(dossier) and _has_parties(dossier)


def _can_agree(dossier: Dossier) -> bool:
    return is_early(dossier) and bool(_unready(dossier))


VERBS = (
    Verb(
        "med_party",
        _("加当事人"),
        "user",
        _("两边的人和单位都写上，几位都行。"),
        _add,
        leads,
        PartyForm,
        fits=is_early,
        done=_("已加上。"),
    ),
    Verb(
        "med_change",
        _("更正当事人"),
        "edit",
        _("只填要改的；空着的不变。有人签字以后不能再改。"),
        _change,
        leads,
        ChangeForm,
        fits=_can_change,
        done=_("已更正。"),
    ),
    Verb(
        "med_drop",
        _("不是当事人"),
        "x",
        _("登记错了，或者与纠纷无关。"),
        with_values(actions.drop_party, "party", "reason"),
        leads,
        DropForm,
        fits=_can_change,
        done=_("已记下。"),
    ),
    Verb(
        "med_agree",
        _("记下同意调解"),
        "check",
        _("各方都同意才能调解。先告知权利义务，再记下怎样说的。"),
        with_values(actions.agree_to, "party", "how", "told_rights"),
        leads,
        AgreeForm,
        fits=_can_agree,
        done=_("已记下同意。"),
    ),
    Verb(
        "med_decline",
        _("有人不愿调解"),
        "hand-stop",
        _("一方明确拒绝，就不能调解，或者到此为止。会把还能走的路告诉双方。"),
        with_values(actions.decline, "party", "how", "reason"),
        leads,
        DeclineForm,
        fits=lambda dossier: at_stage("decline")(dossier) and _has_parties(dossier),
        done=_("已终止，请把还能怎么办告知当事人。"),
        is_danger=True,
    ),
    Verb(
        "med_show",
        _("显示当事人信息"),
        "eye",
        _("显示姓名、电话、证件号码、住址；谁在什么时候看过，记入经过。"),
        _show,
        lambda d: d.mediation is not None and can_read_inside(d.here.user, d.case),
        ReasonForm,
        fits=_has_parties,
    ),
)
