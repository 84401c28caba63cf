"""The verbs while it is mediated: meetings, minutes, offers, more time, danger, failure."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.queries import ClockView
from mingbai.core.when import moment
from mingbai.mediation import actions
from mingbai.mediation.enums import PlaceKind, Stage
from mingbai.places.enums import Line
from mingbai.visits.enums import VisitKind
from mingbai.visits.models import Opening
from mingbai.visits.queries.slots import next_free
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.mediation import (
    PartiesField,
    PartyField,
    at_stage,
    leads,
    offer_parties,
    with_values,
)
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import WordsField

_KINDS = {VisitKind.BOOKING: PlaceKind.ROOM, VisitKind.HOME: PlaceKind.DOORSTEP}
_WORKED = frozenset({Stage.PREPARING, Stage.MEDIATING, Stage.AGREED})


class MomentField(forms.DateTimeField):
    """A day with a time, as browsers pick it or as it is typed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **options)


class PlanForm(VerbForm):
    """The free hours of the room and of who goes out stand first; any other time and place may be written."""

    slot = forms.ChoiceField(label=_("空着的时间"), required=False, widget=forms.RadioSelect)
    starts_at = MomentField(label=_("别的时间"), required=False)
    kind = forms.ChoiceField(
        label=_("在哪里"), choices=PlaceKind.choices, initial=PlaceKind.ROOM, widget=forms.RadioSelect
    )
    place = WordsField(
        label=_("具体地点"), most=200, required=False, help_text=_("上门的写地址；选了空着的调解室不用写。")
    )
    invited = PartiesField(
        label=_("约谁来"),
        required=False,
        help_text=_("分开谈的只选一方：另一方看不到这一场。都不选就是都来。"),
    )

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        offer_parties(self, "invited")
        self.fields["invited"].initial = [one.pk for one in self.dossier.mediation.present]
        station = self.case.station_id
        rooms = next_free([station], kind=VisitKind.BOOKING, line=Line.MEDIATION)
        homes = next_free([station], kind=VisitKind.HOME, line=Line.MEDIATION)
        names = Opening.objects.in_bulk([slot.opening for slot in (*rooms, *homes)])
        choices = [
            (
                f"{slot.opening}-{int(slot.starts_at.timestamp())}",
                f"{moment(slot.starts_at)} {names[slot.opening].room or names[slot.opening].receives}",
            )
            for slot in (*rooms, *homes)
        ]
        other = ("", _("都不合适，写在下面"))
        self.fields["slot"].choices = [*choices, other]  # type: ignore[attr-defined]
        if not choices:
            self.fields["slot"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("slot") and not data.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", _("请选一个空着的时间，或者写上时间。"))
        return data


class CancelForm(VerbForm):
    sitting = forms.TypedChoiceField(label=_("哪一场"), coerce=int, widget=forms.RadioSelect)
    reason = WordsField(label=_("为什么"), most=300, rows=2, help_text=_("当事人会看到。"))

    def prepare(self) -> None:
        offer_sittings(self, optional=False)


class HoldForm(VerbForm):
    sitting = forms.TypedChoiceField(
        label=_("哪一场"), coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    held_at = MomentField(label=_("什么时候开始的"))
    hours = forms.DecimalField(
        label=_("用了几小时"), min_value=0, max_value=24, max_digits=3, decimal_places=1, required=False
    )
    kind = forms.ChoiceField(
        label=_("在哪里"), choices=PlaceKind.choices, initial=PlaceKind.ROOM, required=False
    )
    place = WordsField(label=_("具体地点"), most=200, required=False)
    present = PartiesField(label=_("谁到场了"))
    minutes = WordsField(
        label=_("调解记录"),
        rows=8,
        help_text=_("各方怎么说、争在哪里、谈到哪一步。只有办这件的人和监督人员看得到。"),
    )

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        offer_parties(self, "present")
        offer_sittings(self, optional=True)
        self.fields["held_at"].initial = timezone.localtime()
        self.fields["present"].initial = [one.pk for one in self.dossier.mediation.present]


def offer_sittings(form: VerbForm, *, optional: bool) -> None:
    """The meetings that were agreed on."""
    if form.dossier.mediation is None:
        return
    planned = form.dossier.mediation.planned
    choices = [(str(one.pk), f"{moment(one.starts_at)} {one.place}") for one in planned]
    if optional and not choices:
        form.fields["sitting"].widget = forms.HiddenInput()
    none = [("", _("没有事先约"))] if optional else []
    form.fields["sitting"].choices = [*choices, *none]  # type: ignore[attr-defined]
    form.fields["sitting"].initial = choices[0][0] if choices else ""


class OfferForm(VerbForm):
    party = PartyField(label=_("谁提出的"))
    text = WordsField(label=_("方案"), most=2000, rows=3)

    def prepare(self) -> None:
        offer_parties(self)


class OfferAnswerForm(VerbForm):
    offer = forms.TypedChoiceField(label=_("哪个方案"), coerce=int, widget=forms.RadioSelect)
    taken = forms.ChoiceField(
        label=_("怎么说"), choices=[("yes", _("接受")), ("no", _("不接受"))], widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        offers = self.dossier.mediation.open_offers
        self.fields["offer"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), one.text[:60]) for one in offers
        ]


class ExtendForm(VerbForm):
    """No more months than the rule gives."""

    months = forms.IntegerField(label=_("延长几个月"), min_value=1, max_value=12, initial=1)
    agreed = PartiesField(label=_("谁同意延长"), help_text=_("要各方都同意。"))
    reason = WordsField(label=_("为什么"), most=500, rows=2)

    def prepare(self) -> None:
        offer_parties(self, "agreed")
        most = next((view.rule.extension_most for view in _months(self.dossier)), 0)
        if most:
            self.fields["months"] = forms.IntegerField(
                label=_("延长几个月"), min_value=1, max_value=most, initial=1
            )


class DangerForm(VerbForm):
    words = WordsField(label=_("看到、听到什么"), most=1000, rows=3)
    crime = forms.BooleanField(label=_("可能引起治安案件、刑事案件"), required=False)
    told = WordsField(
        label=_("报告给谁"),
        most=120,
        required=False,
        help_text=_("可能引起治安、刑事案件的，先打 110，再写上谁接的、警号。"),
    )


class FailForm(VerbForm):
    reason = WordsField(
        label=_("为什么没有谈成"), most=2000, rows=3, required=False, help_text=_("当事人会看到。")
    )


def _plan(doing: Doing) -> Any:
    data, invited = doing.data, tuple(doing.data["invited"])
    if data["slot"]:
        opening, at = data["slot"].split("-")
        starts = datetime.fromtimestamp(int(at), tz=timezone.get_current_timezone())
        kind = _KINDS.get(VisitKind(Opening.objects.get(pk=opening).kind), PlaceKind.ROOM)
        plan = actions.Plan(kind, starts, data["place"], int(opening), invited=invited)
    else:
        plan = actions.Plan(data["kind"], data["starts_at"], data["place"], invited=invited)
    return actions.plan_sitting(case=doing.case, by=doing.by, plan=plan)


def _hold(doing: Doing) -> Any:
    data = dict(doing.data)
    data["hours"] = data["hours"] or Decimal(0)
    data["kind"] = data["kind"] or PlaceKind.ROOM
    now = timezone.now()
    if now < data["held_at"] <= now + timedelta(minutes=1):
        data["held_at"] = now  # minutes of this very minute are no future
    return actions.hold(case=doing.case, by=doing.by, **data)


def _answer(doing: Doing) -> Any:
    data = doing.data
    return actions.answer_offer(
        case=doing.case, by=doing.by, offer=data["offer"], taken=data["taken"] == "yes"
    )


def is_worked(dossier: Dossier) -> bool:
    return dossier.mediation is not None and dossier.case.stage in _WORKED


def _is_mediated(dossier: Dossier) -> bool:
    return dossier.mediation is not None and dossier.case.stage == Stage.MEDIATING


def _can_extend(dossier: Dossier) -> bool:
    """The month runs, and was not lengthened before."""
    if not is_worked(dossier):
        return False
    return any(view.rule.extension_most and not view.clock.extra for view in _months(dossier))


def _months(dossier: Dossier) -> list[ClockView]:
    """The running clock of the usual month, where it runs."""
    return [view for view in dossier.clocks if view.is_running and view.rule.code == "mediation"]


VERBS = (
    Verb(
        "med_plan",
        _("约调解"),
        "calendar-event",
        _("调解室空着的时间直接订；上门的写地址。各方会收到通知。"),
        _plan,
        leads,
        PlanForm,
        fits=is_worked,
        done=_("已约好。"),
    ),
    Verb(
        "med_hold",
        _("写调解记录"),
        "file-text",
        _("每次调解一份。第一次写，调解就开始了。"),
        _hold,
        leads,
        HoldForm,
        fits=is_worked,
        done=_("已写下调解记录。"),
    ),
    Verb(
        "med_cancel",
        _("取消约定"),
        "x",
        _("订的调解室空出来，各方会收到通知。"),
        with_values(actions.cancel_sitting, "sitting", "reason"),
        leads,
        CancelForm,
        fits=lambda d: d.mediation is not None and bool(d.mediation.planned),
        done=_("已取消。"),
    ),
    Verb(
        "med_offer",
        _("记下方案"),
        "message",
        _("一方提出的办法，等另一方答复。"),
        with_values(actions.make_offer, "party", "text"),
        leads,
        OfferForm,
        fits=_is_mediated,
        done=_("已记下。"),
    ),
    Verb(
        "med_answer",
        _("答复方案"),
        "message-report",
        _("另一方接受还是不接受。"),
        _answer,
        leads,
        OfferAnswerForm,
        fits=lambda d: d.mediation is not None and bool(d.mediation.open_offers),
        done=_("已记下。"),
    ),
    Verb(
        "med_extend",
        _("各方同意延长"),
        "calendar-due",
        _("一般一个月内调完；各方都同意的，可以延长一次。"),
        with_values(actions.extend, "months", "agreed", "reason"),
        leads,
        ExtendForm,
        fits=_can_extend,
        done=_("已延长。"),
        why_not=_("没有可以延长的时限：已经延长过，或者已经到期。"),
    ),
    Verb(
        "med_danger",
        _("矛盾可能激化"),
        "alert-triangle",
        _("有人扬言动手、聚众、轻生，马上记下：监督人员立刻收到提醒。"),
        with_values(actions.see_danger, "words", "crime", "told"),
        leads,
        DangerForm,
        fits=lambda d: d.mediation is not None and d.case.is_open,
        done=_("已记下，监督人员会收到提醒。"),
        is_danger=True,
    ),
    Verb(
        "med_fail",
        _("调解不成"),
        "unlink",
        _("谈不拢就终止，把仲裁、行政、诉讼的路告诉双方。"),
        with_values(actions.fail, "reason"),
        leads,
        FailForm,
        fits=at_stage("fail"),
        done=_("已终止，请把还能怎么办告知当事人。"),
        is_danger=True,
    ),
)
