"""Who owns the matter: assign, offer, accept, decline, take back, designate; and others who help."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import handover
from mingbai.cases.perms import (
    can_answer_handover,
    can_assign,
    can_designate,
    can_finish_help,
    can_work,
)
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.people.queries import staffing
from mingbai.places.enums import Tier
from mingbai.places.models import Station
from mingbai.places.rules import Register, StationRow
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import DayField, WordsField

_CENTRES = (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)

Groups = list[tuple[str, list[tuple[str, str]]]]


def station_choices(places: Register, near: set[str], leave_out: str = "") -> Groups:
    """Where a matter can go: every centre, and the stations that take matters in the counties at hand."""
    today = timezone.localdate()
    open_ones = [
        row
        for row in places.stations.values()
        if row.is_built and not row.is_closed(today) and row.code != leave_out
    ]
    centres = sorted(_choice(row) for row in open_ones if row.tier in _CENTRES)
    groups: Groups = [(str(_("市、县中心")), centres)]
    for county in sorted(near - {""}):
        below = [
            _choice(row)
            for row in open_ones
            if row.tier not in _CENTRES and row.takes_matters and places.county_of(row.region) == county
        ]
        if below:
            groups.append((places.regions[county].name, sorted(below)))
    return groups


def _choice(row: StationRow) -> tuple[str, str]:
    return row.code, row.name


def people_choices(station: str) -> list[tuple[str, str]]:
    """The people of a station; who is on leave today is said so."""
    book, today = staffing(), timezone.localdate()
    rows = {row.id: row for row in book.by_station.get(station, ())}
    rows |= {
        duty.worker: book.workers[duty.worker]
        for duty in book.duties.get(station, ())
        if duty.worker in book.workers
    }
    return [
        (
            str(row.id),
            (
                _("%(name)s（%(post)s，今天请假）")
                if book.is_absent(row.id, today)
                else _("%(name)s（%(post)s）")
            )
            % {"name": row.name, "post": Post(row.post).label},
        )
        for row in sorted(rows.values(), key=lambda row: row.code)
    ]


class PersonForm(VerbForm):
    worker = forms.ChoiceField(label=_("交给谁"))

    def prepare(self) -> None:
        people = people_choices(self.case.station_id)
        self.fields["worker"].choices = [one for one in people if one[0] != str(self.case.owner_id)]  # type: ignore[attr-defined]


class StationForm(VerbForm):
    """A station and a reason."""

    to = forms.ChoiceField(label=_("交给哪个站点"))
    reason = WordsField(label=_("理由"), most=500, rows=3)
    leaves_out_own = True

    def prepare(self) -> None:
        places = self.dossier.here.places
        near = {self.case.county, places.county_of(self.case.region_id) if self.case.region_id else ""}
        own = self.case.station_id if self.leaves_out_own else ""
        self.fields["to"].choices = [("", _("请选择")), *station_choices(places, near, own)]  # type: ignore[attr-defined]


class DesignateForm(StationForm):
    leaves_out_own = False
    worker = forms.ChoiceField(
        label=_("由谁主办"), required=False, help_text=_("可以只指定站点，由站点再分派。")
    )
    field_order = ("to", "worker", "reason")

    def prepare(self) -> None:
        super().prepare()
        station = self.data.get("to") or self.case.station_id
        self.fields["worker"].choices = [("", _("由站点分派")), *people_choices(station)]  # type: ignore[attr-defined]


class HelpForm(StationForm):
    to = forms.ChoiceField(label=_("请哪个站点协办"))
    reason = WordsField(label=_("请他们做什么"), most=500, rows=3)
    due_on = DayField(label=_("最晚哪天完成"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=3)


class FinishHelpForm(VerbForm):
    helper = forms.ChoiceField(label=_("哪一项协办"))
    result = WordsField(label=_("做了什么"), most=500, rows=3)

    def prepare(self) -> None:
        mine = _own_helps(self.dossier)
        self.fields["helper"].choices = [  # type: ignore[attr-defined]
            (str(helper.pk), f"{helper.station}：{helper.task}") for helper in mine
        ]
        if len(mine) == 1:
            self.fields["helper"].initial = str(mine[0].pk)
            self.fields["helper"].widget = forms.HiddenInput()


class AcceptForm(VerbForm):
    own = forms.BooleanField(label=_("由我主办"), required=False, initial=True)

    def prepare(self) -> None:
        if self.dossier.here.worker is None:
            del self.fields["own"]


class DeclineForm(VerbForm):
    reason = WordsField(
        label=_("为什么退回"), most=500, rows=3, help_text=_("对方会看到。第二次退回后，由监督人员指定承办。")
    )


def _own_helps(dossier: Dossier) -> list[Any]:
    return [one for one in dossier.helpers if can_finish_help(dossier.here.user, one)]


def _assign(doing: Doing) -> Any:
    worker = Worker.objects.get(pk=doing.data["worker"])
    return handover.assign(case=doing.case, by=doing.by, worker=worker)


def _offer(doing: Doing) -> Any:
    to = Station.objects.get(pk=doing.data["to"])
    return handover.offer(case=doing.case, by=doing.by, to=to, reason=doing.data["reason"])


def _accept(doing: Doing) -> Any:
    worker = doing.dossier.here.worker if doing.data.get("own") else None
    return handover.accept_handover(handover=doing.dossier.offer, by=doing.by, worker=worker)  # type: ignore[arg-type]


def _decline(doing: Doing) -> Any:
    offer = doing.dossier.offer
    return handover.decline_handover(handover=offer, by=doing.by, reason=doing.data["reason"])  # type: ignore[arg-type]


def _designate(doing: Doing) -> Any:
    data = doing.data
    return handover.designate(
        case=doing.case,
        by=doing.by,
        to=Station.objects.get(pk=data["to"]),
        reason=data["reason"],
        worker=Worker.objects.get(pk=data["worker"]) if data["worker"] else None,
    )


def _ask_help(doing: Doing) -> Any:
    data = doing.data
    station = Station.objects.get(pk=data["to"])
    return handover.ask_help(
        case=doing.case, by=doing.by, station=station, task=data["reason"], due_on=data["due_on"]
    )


def _finish_help(doing: Doing) -> Any:
    helper = next(one for one in doing.dossier.helpers if str(one.pk) == doing.data["helper"])
    return handover.finish_help(helper=helper, by=doing.by, result=doing.data["result"])


def _is_offered(dossier: Dossier) -> bool:
    return dossier.offer is not None


def _answers_offer(dossier: Dossier) -> bool:
    return dossier.offer is not None and can_answer_handover(dossier.here.user, dossier.offer)


def _works(dossier: Dossier) -> bool:
    return can_work(dossier.here.user, dossier.case)


VERBS = (
    Verb(
        "accept_handover",
        _("签收"),
        "check",
        _("办件归您的站点主办，对群众的承诺时间不变。"),
        _accept,
        _answers_offer,
        AcceptForm,
        fits=_is_offered,
        done=_("已签收，办件归您的站点主办。"),
    ),
    Verb(
        "decline_handover",
        _("退回"),
        "arrow-back-up",
        _("办件仍由对方主办。"),
        _decline,
        _answers_offer,
        DeclineForm,
        fits=_is_offered,
        done=_("已退回。"),
    ),
    Verb(
        "take_back",
        _("收回转办"),
        "arrow-back-up",
        _("对方还没签收，现在收回，由自己继续办。"),
        lambda d: handover.take_back(handover=d.dossier.offer, by=d.by),  # type: ignore[arg-type]
        _works,
        fits=_is_offered,
        done=_("已收回转办。"),
    ),
    Verb(
        "assign",
        _("分派"),
        "user",
        _("由站点的这个人主办。"),
        _assign,
        lambda dossier: can_assign(dossier.here.user, dossier.case),
        PersonForm,
        state="assign",
        fits=lambda dossier: dossier.offer is None,
        done=_("已分派。"),
    ),
    Verb(
        "offer",
        _("转办"),
        "arrows-exchange",
        _("对方签收之前，仍由您的站点主办。"),
        _offer,
        _works,
        StationForm,
        state="offer",
        fits=lambda dossier: dossier.offer is None and not dossier.case.needs_designation,
        done=_("已转出，等对方签收。"),
    ),
    Verb(
        "designate",
        _("指定承办"),
        "gavel",
        _("马上生效，对方不能退回。"),
        _designate,
        lambda dossier: can_designate(dossier.here.user, dossier.case),
        DesignateForm,
        state="designate",
        done=_("已指定承办。"),
    ),
    Verb(
        "ask_help",
        _("请人协办"),
        "users",
        _("对方按自己的期限帮忙，主办不变。"),
        _ask_help,
        _works,
        HelpForm,
        state="help",
        done=_("已请对方协办。"),
    ),
    Verb(
        "finish_help",
        _("完成协办"),
        "check",
        _("把结果告诉主办的人。"),
        _finish_help,
        lambda dossier: bool(_own_helps(dossier)),
        FinishHelpForm,
        fits=lambda dossier: bool(dossier.helpers),
        done=_("协办已完成。"),
    ),
)
