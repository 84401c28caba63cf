"""The form of three steps: what happened, where, how may we reach you."""

import json
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Channel, MayBeTold, PhoneOf, Purpose, Tell
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.crypto import sm3
from mingbai.web.forms import DayField, FilesField, PhoneField, WordsField
from mingbai.web.public.doors import Door
from mingbai.web.where import RegionField

SOURCE = "web"

_TELL = [
    (Tell.PHONE, _("打电话给我")),
    (Tell.SMS, _("发短信给我")),
    (Tell.VILLAGE, _("请村里转告我")),
    (Tell.VISIT, _("我到窗口来取")),
    (Tell.FOLLOW, _("不留电话，给我一个查询码")),
]
_PHONE_OF = [
    (PhoneOf.OWN, _("我自己的")),
    (PhoneOf.FAMILY, _("家里人的")),
    (PhoneOf.NEIGHBOUR, _("邻居或村干部的")),
]
_MAY_BE_TOLD = [
    (MayBeTold.SPEAKER, _("只告诉我")),
    (MayBeTold.PARTY, _("只告诉当事人")),
    (MayBeTold.BOTH, _("两个人都可以")),
]
_NEEDS_PHONE = frozenset({Tell.PHONE, Tell.SMS})
_CONSENTS = {
    "agree_handle": Purpose.HANDLE,
    "agree_sensitive": Purpose.SENSITIVE,
    "agree_pass_on": Purpose.PASS_ON,
}
_FILES = frozenset({"attachments", "id_photos", "belonging_photos"})
_WAGE_KINDS = frozenset({"consultation", "legal_aid", "mediation"})


class AskForm(forms.Form):
    """Only what is needed to answer: no ID number, no account; without a phone a follow code is given."""

    text = WordsField(
        label=_("从头说，想到哪写到哪"),
        help_text=_("什么时候、在哪里、和谁、现在怎么样"),
        rows=7,
        error_messages={"required": _("请写几句：出了什么事。")},
    )
    is_wage = forms.BooleanField(label=_("是工钱被拖欠（按欠薪求助办）"), required=False)
    happened_on = DayField(label=_("哪天发生的"), required=False)
    attachments = FilesField(
        label=_("照片和材料"), required=False, help_text=_("欠条、合同、转账记录都可以拍。没有也能办。")
    )
    where = RegionField(label=_("在哪里发生的"))
    place_text = WordsField(label=_("具体在哪里"), required=False, most=500)
    tell_by = forms.ChoiceField(
        label=_("怎么告诉您结果"),
        choices=_TELL,
        initial=Tell.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一种告诉您结果的办法。")},
    )
    phone = PhoneField(label=_("电话"), required=False, help_text=_("只用来告诉您结果。谁看过，都有记录。"))
    phone_of = forms.ChoiceField(label=_("这是谁的电话"), choices=_PHONE_OF, required=False)
    name = WordsField(label=_("怎么称呼您"), required=False, most=64, attrs={"autocomplete": "name"})
    party_name = WordsField(label=_("当事人姓名"), required=False, most=64, attrs={"autocomplete": "off"})
    party_phone = PhoneField(label=_("当事人电话"), required=False, attrs={"autocomplete": "off"})
    may_be_told = forms.ChoiceField(
        label=_("结果可以告诉谁"), choices=_MAY_BE_TOLD, required=False, widget=forms.RadioSelect
    )
    is_confidential = forms.BooleanField(label=_("请替我保密，不要让对方知道是我说的"), required=False)
    agree_handle = forms.BooleanField(
        label=_("同意用我填的内容和联系方式办这件事"),
        error_messages={"required": _("要您同意，我们才能看您写的内容。也可以打电话咨询。")},
    )
    agree_sensitive = forms.BooleanField(
        label=_("里面有病情、收入、证件号这类敏感信息的，也同意为办这件事使用"), required=False
    )
    agree_pass_on = forms.BooleanField(
        label=_("需要时，同意把内容转给承办的律师、调解组织等其他单位"), required=False
    )

    def __init__(self, *args: Any, door: Door, **options: Any) -> None:
        super().__init__(*args, **options)
        self.door = door
        if door.kind.is_duty:  # PIPL Art. 13 no. 3: the law is the ground, consent is not asked for show
            for name in _CONSENTS:
                del self.fields[name]
        if door.is_wage or door.kind.code not in _WAGE_KINDS:
            del self.fields["is_wage"]
        if not door.has_event:
            del self.fields["happened_on"]
        self.fields["may_be_told"].initial = MayBeTold.SPEAKER

    @property
    def speaks_for_another(self) -> bool:
        """Whether the fold for another person must be open."""
        names = ["party_name", "party_phone", *(["mandate"] if "mandate" in self.errors else [])]
        return any(self[name].value() for name in names) or any(name in self.errors for name in names)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wants_call = data.get("tell_by") in _NEEDS_PHONE
        if wants_call and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("请留一个电话；不想留的，上面请选“给我一个查询码”。"))
        happened = data.get("happened_on")
        if happened and not 1900 <= happened.year <= timezone.localdate().year + 1:
            self.add_error("happened_on", _("年份不对，请核对。"))
        elif happened and happened > timezone.localdate():
            self.add_error("happened_on", _("这一天还没到，请核对。"))
        if data.get("tell_by") and not data.get("phone") and "phone" not in self.errors:
            data["phone_of"] = PhoneOf.OWN
        return data

    def intake(self, *, key: str) -> Intake:
        """The matter as every channel brings it; the hash tells a repetition from another content."""
        data = self.cleaned_data
        party = Person(name=data["party_name"], phone=data["party_phone"])
        return Intake(
            kind=self.door.kind.code,
            channel=Channel.WEB,
            text=data["text"],
            place=data["where"].place,
            region=data["where"].region,
            place_text=data["place_text"],
            speaker=Person(data["name"], data["phone"], phone_of=data["phone_of"] or PhoneOf.OWN),
            party=party,
            may_be_told=(data["may_be_told"] or MayBeTold.SPEAKER) if party else MayBeTold.SPEAKER,
            tell_by=data["tell_by"],
            is_wage=self.door.is_wage or bool(data.get("is_wage")),
            is_confidential=data["is_confidential"],
            happened_at=_midnight(data.get("happened_on")),
            consents=tuple(purpose for name, purpose in _CONSENTS.items() if data.get(name)),
            source=SOURCE,
            idempotency_key=key,
            body_hash=self._hash(),
        )

    def _hash(self) -> str:
        plain = {name: str(value) for name, value in self.cleaned_data.items() if name not in _FILES}
        return sm3(json.dumps([self.door.code, plain], sort_keys=True).encode())


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None
