"""What an application asks, as form fields: the same for residents, clerks and reviewers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.legalaid.enums import Form, Group, Hurry, Mandate, PlaceOf, Shown, Source
from mingbai.legalaid.rules.application import Terms
from mingbai.legalaid.rules.catalogue import Catalogue
from mingbai.web.forms import WordsField

UNKNOWN = [("", _("还不清楚"))]
_NOT_ONE = [("", _("都不是"))]
_HOW_SHOWN = [
    (Shown.NONE, _("还没有")),
    (Shown.COMMITMENT, _("签个人诚信承诺")),
    (Shown.SHARING, _("查共享数据")),
    (Shown.PAPER, _("看证件、证明")),
]


def matter_choices(catalogue: Catalogue) -> list[tuple[Any, Any]]:
    """Matters in their groups, in residents' words."""
    grouped = [
        (label, [(each.code, each.plain) for each in catalogue.matters if each.group == code])
        for code, label in Group.choices
    ]
    return [*UNKNOWN, *((label, rows) for label, rows in grouped if rows)]


def belonging_choices(catalogue: Catalogue, role: str = "") -> list[tuple[Any, Any]]:
    rows = [each for each in catalogue.belongings if not role or each.role == role]
    return [*_NOT_ONE, *((each.code, each.plain) for each in rows)]


def statement_fields(catalogue: Catalogue) -> dict[str, forms.Field]:
    """Every question of an application, in the order of asking."""
    return {**_about_ground(catalogue), **_about_means(), **_about_matter()}


def _about_ground(catalogue: Catalogue) -> dict[str, forms.Field]:
    """Which matter, who applies, what shows the ground."""
    return {
        "matter": forms.ChoiceField(label=_("哪一件事"), choices=matter_choices(catalogue), required=False),
        "mandate": forms.ChoiceField(label=_("谁来申请"), choices=Mandate.choices, initial=Mandate.SELF),
        "belonging": forms.ChoiceField(
            label=_("当事人是不是下面的人"),
            choices=belonging_choices(catalogue),
            required=False,
            help_text=_("是的话，拿得出证明就不核查经济状况。"),
        ),
        "shown": forms.ChoiceField(
            label=_("怎样证明"),
            choices=_HOW_SHOWN,
            required=False,
            widget=forms.RadioSelect,
            help_text=_("承诺可以代替经济困难的证明，不能代替人员身份的证明。"),
        ),
    }


def _about_means() -> dict[str, forms.Field]:
    """The household, how urgent it is, who the other side is."""
    return {
        "income": forms.CharField(
            label=_("平均每人每月收入（元）"),
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            help_text=_("全家收入加起来，除以人数；没有填 0。"),
        ),
        "heads": forms.CharField(
            label=_("家里几口人"),
            required=False,
            max_length=6,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        ),
        "means": WordsField(
            label=_("家里情况"),
            most=2000,
            rows=3,
            required=False,
            help_text=_("看病、上学、欠债这样的大笔支出写上。"),
        ),
        "hurry": forms.ChoiceField(label=_("急不急"), choices=Hurry.choices, required=False),
        "opponent": WordsField(
            label=_("对方是谁"), most=100, required=False, help_text=_("写全名：用来避免两边请到同一家律所。")
        ),
    }


def _about_matter() -> dict[str, forms.Field]:
    """What the office asks: the form of aid, the place, how it came."""
    return {
        "form": forms.ChoiceField(label=_("要哪种帮助"), choices=[*UNKNOWN, *Form.choices], required=False),
        "place_of": forms.ChoiceField(
            label=_("按什么定归哪里办"), choices=[*UNKNOWN, *PlaceOf.choices], required=False
        ),
        "body": WordsField(label=_("办案机关"), most=100, required=False),
        "source": forms.ChoiceField(
            label=_("怎么来的"), choices=Source.choices, required=False, initial=Source.OWN
        ),
        "organ": WordsField(
            label=_("通知或转来的机关"), most=100, required=False, help_text=_("本人申请的不用填。")
        ),
        "handed_at": forms.DateTimeField(
            label=_("什么时候交给看守所、值班律师的"),
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        ),
        "is_grave": forms.BooleanField(label=_("可能判处无期徒刑、死刑，或者是死刑复核"), required=False),
    }


SHORT: Sequence[str] = (
    "matter",
    "mandate",
    "belonging",
    "shown",
    "income",
    "heads",
    "means",
    "hurry",
    "opponent",
)
"""What a resident is asked; the rest is for who reviews."""


def initial_of(terms: Terms) -> dict[str, Any]:
    """What was stated, as the form shows it again."""
    names = (*SHORT, "form", "place_of", "body", "source", "organ", "is_grave")
    local = timezone.localtime(terms.handed_at) if terms.handed_at else None
    return {**{name: getattr(terms, name) for name in names}, "handed_at": local}


def terms_from(data: dict[str, Any]) -> Terms:
    """The clean values as an application; what the form did not ask stays unsaid."""
    known = {name: data[name] for name in Terms.__dataclass_fields__ if data.get(name) not in (None, "")}
    return Terms(**known)
