"""What is asked when needs are taken down: one place, and a line for each person or group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy

from mingbai.cases.enums import Place
from mingbai.servicedays.enums import NeedSource, Skill
from mingbai.servicedays.rules.needs import MOST_COUNT, Voice, Wish
from mingbai.web.forms import DayField, PhoneField, WordsField
from mingbai.web.where import RegionField

LINES, MORE, MOST_LINES = 1, 4, 50


class PlaceForm(forms.Form):
    where = RegionField(hint=gettext_lazy("人住在哪个村、社区；不清楚的选到乡镇。"))

    def clean_where(self) -> str:
        """The code of a place in the city."""
        where = self.cleaned_data["where"]
        if where.place != Place.KNOWN:
            raise forms.ValidationError(gettext_lazy("服务日只到本市各地，请选县、区。"), code="outside")
        return str(where.region)


class LineForm(forms.Form):
    """One line; an empty one is left out."""

    skill = forms.ChoiceField(
        label=gettext_lazy("需要谁"), choices=[("", gettext_lazy("请选择")), *Skill.choices], required=False
    )
    count = forms.IntegerField(
        label=gettext_lazy("几个人"), min_value=1, max_value=MOST_COUNT, initial=1, required=False
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("等不得，急"), required=False)
    text = WordsField(label=gettext_lazy("什么事"), most=500, rows=2, required=False)
    name = WordsField(label=gettext_lazy("姓名"), most=64, required=False)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    since = DayField(label=gettext_lazy("从哪天起等"), required=False)
    case = forms.CharField(label=gettext_lazy("已有办件编号"), max_length=40, required=False)
    voice = forms.FileField(
        label=gettext_lazy("语音留言"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*", "capture": True}),
    )

    def wish(self, region: str, key: str) -> Wish | None:
        """None for a line that nobody has filled in."""
        data = self.cleaned_data
        if not self.has_changed() or not any(data.get(name) for name in ("skill", "text", "name", "phone")):
            return None
        voice = data.get("voice")
        return Wish(
            region=region,
            skill=data["skill"],
            count=data["count"] or 1,
            is_urgent=data["is_urgent"],
            since=data["since"],
            text=data["text"],
            name=data["name"],
            phone=data["phone"],
            case=data["case"],
            client_key=key,
            source=NeedSource.WORKER,
            voice=Voice(voice.file, voice.name or "", voice.size) if voice else None,
        )


Lines = formset_factory(LineForm, extra=LINES, max_num=MOST_LINES, absolute_max=MOST_LINES)


def lines_of(data: Any, files: Any) -> BaseFormSet[LineForm]:
    return Lines(data, files, prefix="line")


def with_more(data: Any) -> Any:
    """The posted lines with some more empty ones."""
    more = data.copy()
    now = int(data.get("line-TOTAL_FORMS") or 0) if str(data.get("line-TOTAL_FORMS", "")).isdigit() else LINES
    more["line-TOTAL_FORMS"] = str(min(MOST_LINES, now + MORE))
    return more
