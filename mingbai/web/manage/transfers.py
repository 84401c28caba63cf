"""Who runs and who supervises a station: named, handed over with its list, accepted or sent back."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.models import Case
from mingbai.cases.queries.lists import in_work
from mingbai.core import when
from mingbai.people.models import Worker
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.places import actions
from mingbai.places.enums import Charge, OrganisationKind, TransferState
from mingbai.places.models import Organisation, Station, StationTransfer
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import keeper
from mingbai.web.manage.ways import action
from mingbai.web.pages import Ask, Sheet, Sure, Why


class NameForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("机构"), queryset=Organisation.objects.none(), empty_label=gettext_lazy("请选择")
    )
    on = DayField(label=gettext_lazy("从哪天起"))

    def __init__(self, *args: Any, charge: Charge, **options: Any) -> None:
        options["initial"] = {"on": timezone.localdate()}
        super().__init__(*args, **options)
        self.fields["organisation"].queryset = _able(charge)  # type: ignore[attr-defined]


def _able(charge: Charge) -> Any:
    """Any active organisation operates; a bureau supervises."""
    found = Organisation.objects.filter(is_active=True).order_by("name")
    return found.filter(kind=OrganisationKind.BUREAU) if charge == Charge.SUPERVISOR else found


def _station(request: HttpRequest, code: str, charge: str) -> tuple[Any, Station, Charge, tuple[str, str]]:
    if charge not in Charge.values:
        raise Http404
    own = keeper(request, Permission.PLACES_EDIT)
    found = own.station(code)
    return own, found, Charge(charge), (found.name, reverse("manage:station", args=[code]))


@staff(Permission.PLACES_EDIT)
def name(request: HttpRequest, code: str, charge: str) -> HttpResponse:
    own, found, what, back = _station(request, code, charge)

    def act(data: dict[str, Any]) -> None:
        do = actions.name_operator if what == Charge.OPERATOR else actions.name_supervisor
        do(by=own.user.actor, station=found, **data)

    title = _("指定%(charge)s") % {"charge": what.label}
    return Ask(title, partial(NameForm, charge=what), act, back, button=_("指定")).show(request)


class OfferForm(forms.Form):
    taker = forms.ModelChoiceField(
        label=gettext_lazy("接收单位"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )
    effective_on = DayField(label=gettext_lazy("移交日期"))
    equipment = WordsField(
        label=gettext_lazy("设备清单"),
        most=2000,
        rows=4,
        help_text=gettext_lazy("一行一样：名称、数量、状况。没有就写“无”。"),
    )

    def __init__(self, *args: Any, charge: Charge, **options: Any) -> None:
        options["initial"] = {"effective_on": timezone.localdate()}
        super().__init__(*args, **options)
        self.fields["taker"].queryset = _able(charge)  # type: ignore[attr-defined]


def inventory_of(station: Station, equipment: str) -> dict[str, Any]:
    """The list of a hand-over: people by their number in the register, open matters counted, equipment."""
    people = Worker.objects.filter(station=station, is_active=True).order_by("code")
    return {
        "people": list(people.values_list("code", flat=True)),
        "open_matters": Case.objects.filter(in_work(), station=station).count(),
        "equipment": equipment,
    }


@staff(Permission.PLACES_EDIT)
def offer(request: HttpRequest, code: str, charge: str) -> HttpResponse:
    own, found, what, back = _station(request, code, charge)

    def act(data: dict[str, Any]) -> str:
        made = actions.offer_transfer(
            by=own.user.actor,
            station=found,
            taker=data["taker"],
            effective_on=data["effective_on"],
            inventory=inventory_of(found, data["equipment"]),
            charge=what,
        )
        return reverse("manage:transfer", args=[made.pk])

    title = _("移交%(charge)s") % {"charge": what.label}
    lead = _("人员和在办办件由系统数好，列入清单。对方接收之前，仍由现在的单位负责。")
    form = partial(OfferForm, charge=what)
    return Ask(title, form, act, back, button=_("提出移交"), done=_("已提出，等对方接收。"), lead=lead).show(
        request
    )


def _transfer(request: HttpRequest, pk: int) -> StationTransfer:
    """Seen by who keeps the station, and by who may answer for it."""
    found = get_object_or_404(StationTransfer.objects.select_related("station", "giver", "taker"), pk=pk)
    user: Any = request.user
    if not any(
        can(user, p, station=found.station_id) for p in (Permission.TRANSFER_ANSWER, Permission.PLACES_EDIT)
    ):
        raise Http404
    return found


@staff(None)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    found = _transfer(request, pk)
    user: Any = request.user
    ways = []
    if found.state == TransferState.OFFERED:
        if can(user, Permission.TRANSFER_ANSWER, station=found.station_id):
            ways += [action(_("接收"), "transfer_accept", pk, icon="check")]
            ways += [action(_("退回"), "transfer_decline", pk, icon="arrow-back-up")]
        if can(user, Permission.PLACES_EDIT, station=found.station_id):
            ways += [action(_("取消移交"), "transfer_cancel", pk, icon="x")]
    return Sheet(
        title=_("%(name)s的移交") % {"name": found.station.name},
        tags=[{"text": found.get_state_display(), "tone": "soon" if ways else ""}],
        facts=_facts(found),
        back=(_("设置"), reverse("manage:home")),
        chain=f"station:{found.station_id}",
        actions=ways,
    ).show(request)


def _facts(found: StationTransfer) -> list[tuple[str, Any]]:
    listed = found.inventory
    people = listed.get("people", [])
    return [
        (_("职责"), found.get_charge_display()),
        (_("移交单位"), found.giver.name),
        (_("接收单位"), found.taker.name),
        (_("移交日期"), when.day(found.effective_on, today=timezone.localdate())),
        (_("提出时间"), when.moment(found.offered_at)),
        (
            _("人员"),
            _("%(n)d 人：%(codes)s") % {"n": len(people), "codes": _("、").join(people)}
            if people
            else _("没有"),
        ),
        (_("在办办件"), _("%(n)s 件") % {"n": listed.get("open_matters", 0)}),
        (_("设备"), str(listed.get("equipment", ""))),
        (_("退回理由"), found.reason),
    ]


def _answer(request: HttpRequest, pk: int, title: str, form: Any, do: Any, **more: Any) -> HttpResponse:
    found = _transfer(request, pk)
    user: Any = request.user
    needed = more.pop("needed", Permission.TRANSFER_ANSWER)
    if not can(user, needed, station=found.station_id):
        raise Http404
    back = (_("移交"), reverse("manage:transfer", args=[pk]))
    return Ask(
        title, form, lambda data: do(by=user.actor, transfer=found, **data) and None, back, **more
    ).show(request)


@staff(Permission.TRANSFER_ANSWER)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    lead = _("清单上的人、办件和设备，从移交日期起归接收单位负责。")
    return _answer(request, pk, _("接收站点"), Sure, actions.accept_transfer, button=_("接收"), lead=lead)


@staff(Permission.TRANSFER_ANSWER)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, _("退回移交"), Why, actions.decline_transfer, button=_("退回"))


@staff(Permission.PLACES_EDIT)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    needed = Permission.PLACES_EDIT
    return _answer(
        request, pk, _("取消移交"), Why, actions.cancel_transfer, button=_("取消移交"), needed=needed
    )
