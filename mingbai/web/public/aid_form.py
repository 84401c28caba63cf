"""The application for legal aid: the form of three steps with what the law asks besides, on one page."""

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions.intake import Opened
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import RESIDENT
from mingbai.legalaid import actions
from mingbai.legalaid.enums import Hurry, Mandate, Role, Shown
from mingbai.legalaid.queries import catalogue_on
from mingbai.legalaid.rules.application import ID_PAPER, MATERIAL, Terms
from mingbai.web.aid.statement import SHORT, belonging_choices, statement_fields, terms_from
from mingbai.web.forms import FilesField, IdNumberField
from mingbai.web.public.ask_form import AskForm

_HURRY = [
    (Hurry.NO, _("不急")),
    (Hurry.LIMIT, _("起诉、申请仲裁的期限不到七天了")),
    (Hurry.PRESERVE, _("对方在转移财产，或者等钱治病")),
    (Hurry.OTHER, _("别的急事，写在上面了")),
]
_MANDATES = [
    (Mandate.SELF, _("我自己的事")),
    (Mandate.GUARDIAN, _("我是监护人（当事人是孩子，或者神志不清）")),
    (Mandate.RELATIVE, _("我是近亲属")),
    (Mandate.AGENT, _("本人委托我来办")),
]
_FROM_GUIDE = {"matter": "matter", "exempt": "belonging"}


class AidAskForm(AskForm):
    """Nothing that is not known yet stops it: what is missing is said once, by a person."""

    id_number = IdNumberField(label=_("身份证号"), required=False, help_text=_("拍了身份证就不用填。"))
    id_photos = FilesField(label=_("身份证照片"), required=False, most=4)
    belonging_photos = FilesField(label=_("低保证、残疾证这类证件照片"), required=False, most=6)
    promise = forms.BooleanField(
        label=_("我承诺说的家里情况是真的；不真实的，愿意承担责任。不用再开证明。"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        catalogue = catalogue_on(timezone.localdate(), region=settings.CITY_CODE)
        every = statement_fields(catalogue)
        self.fields.update({name: every[name] for name in SHORT if name != "shown"})
        for name, choices in (
            ("mandate", _MANDATES),
            ("hurry", _HURRY),
            ("belonging", belonging_choices(catalogue, Role.EXEMPT)),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["mandate"].required = False
        self.fields["matter"].label = _("是哪一件事")
        self.fields["belonging"].label = _("当事人是不是下面的人")

    @property
    def has_more(self) -> bool:
        """Whether the fold of what is rarely said must be open."""
        return any(self[name].value() or self[name].errors for name in ("means", "opponent", "id_number"))

    def intake(self, *, key: str) -> Intake:
        plain = super().intake(key=key)
        number = self.cleaned_data["id_number"]
        if plain.party:
            return replace(plain, party=replace(plain.party, id_number=number))
        return replace(plain, speaker=replace(plain.speaker, id_number=number))

    def terms(self) -> Terms:
        """A promise stands for hardship; belonging is shown by its paper."""
        data = {**self.cleaned_data}
        if data["belonging"]:
            data["shown"] = Shown.PAPER if data["belonging_photos"] else Shown.NONE
        elif data["promise"]:
            data["shown"] = Shown.COMMITMENT
        # A resident does not know what goes with what: a group that has no place in this matter is left out.
        catalogue = catalogue_on(timezone.localdate(), region=settings.CITY_CODE)
        fitting = {each.code for each in catalogue.belongings_of(Role.EXEMPT, data["matter"])}
        if data["belonging"] not in fitting:
            data["belonging"] = ""
            data["shown"] = Shown.COMMITMENT if data["promise"] else Shown.NONE
        return terms_from({**data, "mandate": data["mandate"] or Mandate.SELF})

    def open(self, key: str) -> Opened:
        """The matter and its application, in one transaction."""
        return actions.apply(by=RESIDENT, intake=self.intake(key=key), terms=self.terms())

    def photos(self) -> list[tuple[str, list[Any]]]:
        """What was photographed, by the name of the paper it is."""
        data = self.cleaned_data
        paper = self._belonging_paper()
        return [
            (name, files)
            for name, files in (
                (ID_PAPER, data["id_photos"]),
                (paper, data["belonging_photos"]),
                (MATERIAL, data["attachments"]),
            )
            if files and name
        ]

    def _belonging_paper(self) -> str:
        catalogue = catalogue_on(timezone.localdate(), region=settings.CITY_CODE)
        held = (each for each in catalogue.belongings if each.code == self.cleaned_data["belonging"])
        found = next(held, None)
        return (found.paper or found.name) if found else MATERIAL


def from_guide(told: Any) -> dict[str, str]:
    """What the guide was told, as the form begins: nobody is asked twice."""
    found = {mine: str(told.get(name, ""))[:32] for name, mine in _FROM_GUIDE.items()}
    if told.get("hurry") == "yes":
        found["hurry"] = Hurry.OTHER
    return {name: value for name, value in found.items() if value and value != "none"}
