"""The request for mediation: the form of three steps with who the other side is, on one page."""

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions.intake import Opened
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import RESIDENT
from mingbai.mediation import actions
from mingbai.mediation.actions import Statement
from mingbai.mediation.enums import Dispute, PartyKind, Side, Source
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.web.forms import IdNumberField, PhoneField, WordsField
from mingbai.web.public.ask_form import AskForm

_KINDS = [(PartyKind.PERSON, _("个人")), (PartyKind.ORGANISATION, _("公司、单位"))]


class MediationAskForm(AskForm):
    """Only what is known: whether the other side is willing is ours to ask."""

    dispute = forms.ChoiceField(
        label=_("是哪一类的事"), choices=[("", _("说不清")), *Dispute.choices], required=False
    )
    other_name = WordsField(label=_("和谁有纠纷"), most=100, required=False, attrs={"autocomplete": "off"})
    other_kind = forms.ChoiceField(
        label=_("对方是"), choices=_KINDS, required=False, widget=forms.RadioSelect, initial=PartyKind.PERSON
    )
    other_phone = PhoneField(
        label=_("对方电话"),
        required=False,
        attrs={"autocomplete": "off"},
        help_text=_("知道才写。我们来问对方愿不愿意，不会说您讲了什么。"),
    )
    other_address = WordsField(
        label=_("对方住在哪里"), most=200, required=False, attrs={"autocomplete": "off"}
    )
    others = WordsField(
        label=_("还有别人吗"), most=600, rows=2, required=False, help_text=_("一行写一个人或一个单位。")
    )
    id_number = IdNumberField(label=_("身份证号"), required=False, help_text=_("签协议时要用，可以先不填。"))
    guardian = WordsField(label=_("监护人姓名"), most=100, required=False)
    wants_doorstep = forms.BooleanField(label=_("出门不方便，希望上门调解"), required=False)

    @property
    def has_more(self) -> bool:
        """Whether the fold of what is rarely said must be open."""
        names = ("others", "id_number", "guardian", "other_address")
        return any(self[name].value() or self[name].errors for name in names)

    def intake(self, *, key: str) -> Intake:
        plain = super().intake(key=key)
        number = self.cleaned_data["id_number"]
        if plain.party:
            return replace(plain, party=replace(plain.party, id_number=number))
        return replace(plain, speaker=replace(plain.speaker, id_number=number))

    def parties(self) -> list[PartyTerms]:
        """The other side, and who is named besides."""
        data = self.cleaned_data
        found = []
        if data["other_name"]:
            kind = data["other_kind"] or PartyKind.PERSON
            name, phone, where = data["other_name"], data["other_phone"], data["other_address"]
            found.append(PartyTerms(Side.OTHER, name, kind, phone=phone, address=where))
        lines = [line.strip() for line in data["others"].splitlines() if line.strip()]
        return [*found, *(PartyTerms(Side.OTHER, line[:100]) for line in lines[:10])]

    def open(self, key: str) -> Opened:
        """The matter with its parties, in one transaction."""
        data = self.cleaned_data
        statement = Statement(
            source=Source.REQUEST, dispute=data["dispute"], wants_doorstep=data["wants_doorstep"]
        )
        return actions.request(
            by=RESIDENT,
            intake=self.intake(key=key),
            statement=statement,
            parties=self.parties(),
            guardian=data["guardian"],
        )
