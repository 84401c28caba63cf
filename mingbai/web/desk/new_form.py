"""One form for a new matter from window or telephone: who, what, where, and how it ends."""

import json
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Channel, MayBeTold, PhoneOf, Tell
from mingbai.cases.kinds import KINDS
from mingbai.cases.queries import Known, known_people
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.crypto import sm3
from mingbai.knowledge.enums import Topic
from mingbai.people.perms import roles
from mingbai.people.roles import RoleCode
from mingbai.web.desk.reach import Here
from mingbai.web.desk.verbs.work import TOLD
from mingbai.web.forms import IdNumberField, PhoneField, WordsField
from mingbai.web.where import RegionField

SOURCE = "desk"
CHANNELS = (
    Channel.WINDOW,
    Channel.HOTLINE,
    Channel.VILLAGE,
    Channel.HOME_VISIT,
    Channel.SERVICE_DAY,
    Channel.RECEPTION_DAY,
)
ROUTE, KEEP, ANSWER = "route", "keep", "answer"
_ENDINGS = [
    (ROUTE, _("交给该办的站点")),
    (KEEP, _("我来办理")),
    (ANSWER, _("当场答完")),
]


def new_key() -> str:
    return uuid.uuid4().hex


class NewForm(forms.Form):
    """`resident` is a known person that the clerk chose; nobody is linked by the phone alone."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    channel = forms.ChoiceField(label=_("从哪里来"), choices=[(c.value, c.label) for c in CHANNELS])
    phone = PhoneField(label=_("电话"), required=False, attrs={"autocomplete": "off", "data-min": "7"})
    name = WordsField(label=_("姓名"), most=64, required=False, attrs={"autocomplete": "off"})
    phone_of = forms.ChoiceField(label=_("谁的电话"), choices=PhoneOf.choices, required=False)
    id_number = IdNumberField(label=_("身份证号"), required=False)
    resident = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("哪一类业务"))
    topic = forms.ChoiceField(
        label=_("关于什么"), required=False, choices=[("", _("看不出来，先不定")), *Topic.choices]
    )
    text = WordsField(label=_("什么事"), rows=5, help_text=_("用群众自己的话：什么时候、和谁、现在怎么样。"))
    where = RegionField(label=_("在哪里发生的"))
    place_text = WordsField(label=_("具体在哪里"), most=500, required=False)
    is_wage = forms.BooleanField(label=_("欠薪求助"), required=False)
    is_urgent = forms.BooleanField(label=_("紧急"), required=False)
    is_confidential = forms.BooleanField(label=_("要求保密"), required=False)
    party_name = WordsField(label=_("当事人姓名"), most=64, required=False, attrs={"autocomplete": "off"})
    party_phone = PhoneField(label=_("当事人电话"), required=False, attrs={"autocomplete": "off"})
    may_be_told = forms.ChoiceField(label=_("结果可以告诉谁"), choices=MayBeTold.choices, required=False)
    tell_by = forms.ChoiceField(label=_("怎么告诉他结果"), choices=[("", _("打这个电话"))], required=False)
    ending = forms.ChoiceField(label=_("怎么收尾"), choices=_ENDINGS, widget=forms.RadioSelect, initial=ROUTE)
    answer = WordsField(label=_("当场怎么答的"), rows=5, required=False)
    laws = WordsField(
        label=_("法律依据"), most=2000, rows=2, required=False, help_text=_("一行一条，写清第几条。")
    )
    told = forms.ChoiceField(label=_("怎么告知的"), choices=TOLD, required=False)

    def __init__(self, *args: Any, here: Here, **options: Any) -> None:
        options["initial"] = {**self._usual(here), **options.get("initial", {})}
        super().__init__(*args, **options)
        self.here = here
        self.fields["kind"].choices = [(code, kind.label) for code, kind in KINDS.items()]  # type: ignore[attr-defined]
        without_partner = [choice for choice in Tell.choices if choice[0] != Tell.PARTNER]
        self.fields["tell_by"].choices = [("", _("按有没有电话自动选")), *without_partner]  # type: ignore[attr-defined]
        if not here.home:
            self.fields["ending"].choices = _ENDINGS[:1]  # type: ignore[attr-defined]

    @staticmethod
    def _usual(here: Here) -> dict[str, Any]:
        """What is most likely, by who sits here."""
        on_phone = RoleCode.HOTLINE_AGENT in roles(here.user)
        return {
            "key": new_key(),
            "channel": Channel.HOTLINE if on_phone else Channel.WINDOW,
            "where": here.county,
            "kind": "consultation",
            "ending": ANSWER if on_phone and here.home else ROUTE,
            "told": Tell.PHONE if on_phone else Tell.VISIT,
            "may_be_told": MayBeTold.SPEAKER,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("ending") == ANSWER and not data.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("请写下当场怎么答的；没有答完的，请选另一种收尾。"))
        if data.get("ending") == ANSWER and not data.get("told"):
            self.add_error("told", _("请选怎么告知的。"))
        chosen = data.get("resident")
        if chosen and chosen not in {str(known.resident.pk) for known in self.known()}:
            self.add_error("phone", _("电话改过了，请重新选一下是不是以前来过的人。"))
        return data

    def known(self) -> list[Known]:
        """Who has come before with what is typed so far."""
        phone, id_number, name = (str(self[what].value() or "") for what in ("phone", "id_number", "name"))
        return known_people(phone=phone, id_number=id_number, name=name, user=self.here.user)

    @property
    def speaks_for_another(self) -> bool:
        return any(self[name].value() or self[name].errors for name in ("party_name", "party_phone"))

    @property
    def has_more(self) -> bool:
        """Whether the fold of what is rarely asked must be open."""
        return any(self[name].value() or self[name].errors for name in ("id_number", "place_text"))

    def intake(self) -> Intake:
        data, here = self.cleaned_data, self.here
        keeps = data["ending"] in (KEEP, ANSWER)
        party = Person(name=data["party_name"], phone=data["party_phone"])
        return Intake(
            kind=data["kind"],
            channel=data["channel"],
            text=data["text"],
            place=data["where"].place,
            region=data["where"].region,
            place_text=data["place_text"],
            speaker=Person(data["name"], data["phone"], data["id_number"], data["phone_of"] or PhoneOf.OWN),
            party=party,
            resident_id=int(data["resident"]) if data["resident"] else None,
            may_be_told=(data["may_be_told"] or MayBeTold.SPEAKER) if party else MayBeTold.SPEAKER,
            tell_by=data["tell_by"],
            is_urgent=data["is_urgent"],
            is_wage=data["is_wage"],
            is_confidential=data["is_confidential"],
            is_instant=data["ending"] == ANSWER,
            source=SOURCE,
            idempotency_key=data["key"],
            body_hash=self._hash(),
            keep_at=here.home if keeps else "",
            worker_id=here.worker.pk if keeps and here.worker else None,
        )

    def _hash(self) -> str:
        plain = {name: str(value) for name, value in self.cleaned_data.items() if name != "key"}
        return sm3(json.dumps(plain, sort_keys=True).encode())
