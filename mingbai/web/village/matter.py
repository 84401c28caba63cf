"""A matter taken down in a village: short, and possible without a network."""

import json
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.actions import work
from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.enums import Channel, Tell
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case
from mingbai.cases.queries import known_people
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.crypto import sm3
from mingbai.core.numbers import group_number
from mingbai.core.refused import Refused
from mingbai.people.roles import Permission
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.places.rules import Register
from mingbai.web.access import staff, user_of
from mingbai.web.desk.reach import Here, note_given
from mingbai.web.forms import PhoneField, WordsField, said
from mingbai.web.offline import believed, from_phone, is_from_phone, keeps_page, key_of, not_taken, taken
from mingbai.web.where import Choices

SOURCE = "village"
CHANNELS = [(one.value, one.label) for one in (Channel.VILLAGE, Channel.HOME_VISIT)]


class MatterForm(forms.Form):
    """What a worker can write down standing at a door; everything else can be asked later."""

    text = WordsField(label=gettext_lazy("什么事"), rows=4)
    name = WordsField(label=gettext_lazy("姓名"), most=64, required=False)
    phone = PhoneField(label=gettext_lazy("电话"), required=False)
    where = forms.CharField(label=gettext_lazy("在哪里发生的"), max_length=12, widget=forms.Select)
    kind = forms.ChoiceField(label=gettext_lazy("哪一类业务"), initial="consultation")
    channel = forms.ChoiceField(
        label=gettext_lazy("在哪里说的"),
        choices=CHANNELS,
        initial=Channel.VILLAGE,
        widget=forms.RadioSelect,
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("等不得，急"), required=False)
    answer = WordsField(
        label=gettext_lazy("当场怎么答复的"),
        most=4000,
        rows=3,
        required=False,
        help_text=gettext_lazy("没有答完的空着，交给该办的站点。"),
    )
    at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, here: Here, **options: Any) -> None:
        super().__init__(*args, **options)
        self.here = here
        self.fields["kind"].choices = [(code, kind.label) for code, kind in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["where"].widget.choices = places_near(here)

    def clean_where(self) -> str:
        """Any place of the city: the worker may have moved since the page was kept."""
        code = str(self.cleaned_data["where"])
        if code not in register().regions:
            raise forms.ValidationError(_("没有这个地区，请重新选择。"), code="unknown_region")
        return code

    def clean_answer(self) -> str:
        if self.cleaned_data["answer"] and not self.here.home:
            raise forms.ValidationError(_("您没有站点，不能当场答复；请空着这一栏。"), code="no_station")
        return str(self.cleaned_data["answer"])

    def intake(self, key: str) -> Intake:
        data, answers = self.cleaned_data, bool(self.cleaned_data["answer"])
        plain = json.dumps({name: str(value) for name, value in data.items()}, sort_keys=True)
        return Intake(
            kind=data["kind"],
            channel=data["channel"],
            text=data["text"],
            region=data["where"],
            speaker=Person(data["name"], data["phone"]),
            is_urgent=data["is_urgent"],
            is_instant=answers,
            tell_by=Tell.VISIT if answers else "",
            source=SOURCE,
            idempotency_key=key,
            body_hash=sm3(plain.encode(errors="surrogatepass")),
            keep_at=self.here.home if answers else "",
            worker_id=self.here.worker.pk if answers and self.here.worker else None,
            opened_at=believed(data["at"], timezone.now()),
        )


def places_near(here: Here) -> Choices:
    """Own township with its villages, then the county; a county's worker gets townships, others counties."""
    places = register()
    base = _base(places, here)
    below = {Level.TOWNSHIP: Level.VILLAGE, Level.COUNTY: Level.TOWNSHIP, Level.CITY: Level.COUNTY}
    level = below[Level(places.regions[base].level)]
    near = [code for code in sorted(places.subtree(base)) if places.regions[code].level == level]
    county = places.county_of(base)
    codes = dict.fromkeys([*_own(places, here), base, *near, *([county] if county else [])])
    return [(code, places.regions[code].name) for code in codes if code in places.regions]


def _own(places: Register, here: Here) -> list[str]:
    row = places.stations.get(here.home) if here.home else None
    return [row.region] if row else []


def _base(places: Register, here: Here) -> str:
    """The township around the own place, else what is next above."""
    for code in _own(places, here):
        levels = {row.level: row.code for row in places.ancestors(code)} | {places.regions[code].level: code}
        for level in (Level.TOWNSHIP, Level.COUNTY, Level.CITY):
            if level in levels:
                return levels[level]
    return here.county or next(row.code for row in places.regions.values() if row.level == Level.CITY)


@from_phone
@keeps_page
@staff(Permission.CASE_OPEN)
def matter(request: HttpRequest) -> HttpResponse:
    """The form, one matter at a time. It holds no resident's data: a phone may keep the page."""
    here = Here(user_of(request))
    if request.method != "POST":
        return _page(request, MatterForm(here=here))
    form, key = MatterForm(request.POST, here=here), key_of(request)
    if not form.is_valid():
        return not_taken(_first(form)) if is_from_phone(request) else _page(request, form)
    try:
        opened = opened_from(form, key)
    except Refused as refused:
        if is_from_phone(request):
            return not_taken(said(refused))
        name = refused.field or ""
        form.add_error(name if name in form.fields else None, said(refused))
        return _page(request, form)
    note_given(request, opened.case.number)
    if is_from_phone(request):
        return taken(_told(opened, form))
    return redirect("desk:given", opened.case.number)


@transaction.atomic
def opened_from(form: MatterForm, key: str) -> Opened:
    """Open, and answer at once where that was done: all of it, or nothing."""
    by = form.here.user.actor
    opened = open_case(by=by, intake=form.intake(key))
    if opened.is_new and form.cleaned_data["answer"]:
        # There and then, whenever it is sent.
        answer, then = form.cleaned_data["answer"], opened.case.opened_at
        work.answer_at_once(case=opened.case, by=by, text=answer, how=Tell.VISIT, at=then)
    return opened


def known_words(form: MatterForm, case: Case) -> str:
    """What else came in under the phone of this matter, so that somebody looks whether it is the same."""
    phone = form.cleaned_data["phone"]
    if not phone:
        return ""
    name = form.cleaned_data["name"]
    known = known_people(phone=phone, id_number="", name=name, user=form.here.user, beside=case)
    theirs = [other for one in known for other in one.cases if other.is_open and other.pk != case.pk]
    numbers = [group_number(other.number) for other in theirs]
    if not numbers:
        return ""
    return _("这个电话另有在办的：%(numbers)s，请看是不是同一件。") % {"numbers": "、".join(numbers[:3])}


def _told(opened: Opened, form: MatterForm) -> str:
    number = _("编号 %(number)s。") % {"number": group_number(opened.case.number)}
    if opened.follow_code:
        number += _("查询码 %(code)s。") % {"code": opened.follow_code}
    return number + (known_words(form, opened.case) if opened.is_new else "")


def _first(form: forms.Form) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _page(request: HttpRequest, form: MatterForm) -> HttpResponse:
    return render(request, "village/matter.html", {"form": form, "key": key_of(request)})
