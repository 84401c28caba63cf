"""Organisations, and which one operates or supervises a station: exactly one each, handed over in form."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_credit_code
from mingbai.core.refused import Refused
from mingbai.places.enums import Charge, OrganisationKind, TransferState
from mingbai.places.models import Organisation, Region, Station, StationTransfer, Tenure
from mingbai.places.record import asked, enter, enter_new, plain

ONE_DAY = timedelta(days=1)
INVENTORY = ("people", "open_matters", "equipment")
"""What a list of a hand-over must say; `open_matters` is counted by the caller, who knows the cases."""

_EDITABLE = ("name", "kind", "region", "credit_code", "phone", "address", "is_active")


@transaction.atomic
def create_organisation(
    *,
    by: Actor,
    name: str,
    kind: str,
    region: Region,
    credit_code: str = "",
    phone: str = "",
    address: str = "",
) -> Organisation:
    """Enter an organisation. Raises Refused "name_taken", "unknown_kind", "bad_credit_code"."""
    values = {"kind": kind, "region": region, "phone": phone, "address": address}
    organisation = Organisation(name=_free_name(name), credit_code=_credit_code(credit_code), **values)
    _known_kind(kind)
    organisation.save(force_insert=True)
    enter_new(organisation, "created", by, name=organisation.name, kind=kind, region=region)
    return organisation


@transaction.atomic
def edit_organisation(
    *, by: Actor, organisation: Organisation, changes: Mapping[str, Any], why: str = ""
) -> Organisation:
    """Change what is named in `changes`; one entry says from what to what. Raises Refused as create does,
    and "in_charge" for an organisation that still runs a station and shall be put out of use."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    new = {name: value for name, value in changes.items() if name in _EDITABLE}
    if "name" in new:
        new["name"] = _free_name(new["name"], but=organisation)
    if "kind" in new:
        _known_kind(new["kind"])
    if new.get("credit_code"):
        new["credit_code"] = clean_credit_code(new["credit_code"])
    if new.get("is_active") is False and organisation.tenures.filter(valid_to=None).exists():
        raise Refused(_("该机构还在负责站点，请先移交。"), code="in_charge", field="is_active")
    before = {name: getattr(organisation, name) for name in new}
    changed = {name: value for name, value in new.items() if value != before[name]}
    if changed:
        for name, value in changed.items():
            setattr(organisation, name, value)
        organisation.save(update_fields=list(changed))
        enter(
            organisation, "edited", by, **{"from": {n: before[n] for n in changed}, "to": changed, "why": why}
        )
    return organisation


def _free_name(name: str, *, but: Organisation | None = None) -> str:
    name = asked(name, field="name", most=100)
    if Organisation.objects.filter(name=name).exclude(pk=but.pk if but else 0).exists():
        raise Refused(_("已有同名机构“%(name)s”。") % {"name": name}, code="name_taken", field="name")
    return name


def _known_kind(kind: str) -> None:
    if kind not in OrganisationKind.values:
        raise Refused(_("没有这个机构类别。"), code="unknown_kind", field="kind")


def _credit_code(code: str) -> str:
    return clean_credit_code(code) if code else ""


@transaction.atomic
def name_operator(*, by: Actor, station: Station, organisation: Organisation, on: date) -> Tenure:
    """Name who runs a station that nobody runs. Raises Refused "in_charge": then it is handed over."""
    return _name(station, Charge.OPERATOR, organisation, on, by)


@transaction.atomic
def name_supervisor(*, by: Actor, station: Station, organisation: Organisation, on: date) -> Tenure:
    """Name the bureau that supervises a station without one. Raises Refused "in_charge", "no_bureau"."""
    return _name(station, Charge.SUPERVISOR, organisation, on, by)


def _name(station: Station, charge: Charge, organisation: Organisation, on: date, by: Actor) -> Tenure:
    _lock(station)
    _may_take(organisation, charge)
    current = Tenure.objects.filter(station=station, charge=charge, valid_to=None).select_related(
        "organisation"
    )
    if found := current.first():
        raise Refused(
            _("现由“%(name)s”负责，请办理移交。") % {"name": found.organisation.name}, code="in_charge"
        )
    if Tenure.objects.filter(station=station, charge=charge, valid_to__gte=on).exists():
        raise Refused(_("该日已有责任单位。"), code="bad_date", field="on")
    tenure = Tenure.objects.create(station=station, charge=charge, organisation=organisation, valid_from=on)
    enter(station, f"{charge.value}_named", by, to=organisation, name=organisation.name, on=on)
    return tenure


def _lock(station: Station) -> None:
    Station.objects.select_for_update(of=("self",)).get(pk=station.pk)


def _may_take(organisation: Organisation, charge: Charge) -> None:
    if not organisation.is_active:
        raise Refused(_("该机构已停用。"), code="inactive", field="organisation")
    if charge == Charge.SUPERVISOR and organisation.kind != OrganisationKind.BUREAU:
        raise Refused(_("监督单位须是司法局。"), code="no_bureau", field="organisation")


@transaction.atomic
def offer_transfer(
    *,
    by: Actor,
    station: Station,
    taker: Organisation,
    effective_on: date,
    inventory: Mapping[str, Any],
    charge: Charge = Charge.OPERATOR,
) -> StationTransfer:
    """Offer a station to another organisation with its list; the giver stays in charge until it is accepted.

    Raises Refused "list_incomplete", "nobody_in_charge", "same_organisation", "already_offered", "bad_date".
    """
    _lock(station)
    _may_take(taker, charge)
    tenure = Tenure.objects.filter(station=station, charge=charge, valid_to=None).first()
    if tenure is None:
        raise Refused(_("该站点还没有责任单位，请直接指定。"), code="nobody_in_charge")
    _may_offer(tenure, taker, effective_on, inventory)
    transfer = StationTransfer.objects.create(
        station=station,
        charge=charge,
        giver_id=tenure.organisation_id,
        taker=taker,
        effective_on=effective_on,
        inventory=plain(inventory),
        offered_at=timezone.now(),
    )
    said = {"from": tenure.organisation_id, "to": taker, "charge": charge, "on": effective_on}
    enter(station, "transfer_offered", by, inventory=plain(inventory), transfer=transfer.pk, **said)
    return transfer


def _may_offer(tenure: Tenure, taker: Organisation, on: date, inventory: Mapping[str, Any]) -> None:
    if missing := [name for name in INVENTORY if name not in inventory]:
        raise Refused(
            _("移交清单缺少：%(missing)s。") % {"missing": "、".join(missing)},
            code="list_incomplete",
            field="inventory",
        )
    if tenure.organisation_id == taker.pk:
        raise Refused(_("接收单位就是现在的责任单位。"), code="same_organisation", field="taker")
    if on <= tenure.valid_from:
        raise Refused(_("移交日期须晚于现单位接手之日。"), code="bad_date", field="effective_on")
    if StationTransfer.objects.filter(
        station=tenure.station_id, charge=tenure.charge, state=TransferState.OFFERED
    ).exists():
        raise Refused(_("已有一份待接收的移交。"), code="already_offered")


@transaction.atomic
def accept_transfer(*, by: Actor, transfer: StationTransfer) -> StationTransfer:
    """Take the station over from the day agreed, or today when that has passed. Raises Refused "answered"."""
    transfer = _open(transfer)
    _may_take(transfer.taker, Charge(transfer.charge))
    begins = max(transfer.effective_on, timezone.localdate())
    running = Tenure.objects.filter(station=transfer.station_id, charge=transfer.charge, valid_to=None)
    running.update(valid_to=begins - ONE_DAY)
    Tenure.objects.create(
        station=transfer.station, charge=transfer.charge, organisation=transfer.taker, valid_from=begins
    )
    return _answered(transfer, TransferState.ACCEPTED, by, on=begins)


@transaction.atomic
def decline_transfer(*, by: Actor, transfer: StationTransfer, reason: str) -> StationTransfer:
    """Send the offer back; the giver stays in charge. Raises Refused "answered", "text_missing"."""
    transfer = _open(transfer)
    transfer.reason = asked(reason, field="reason", most=500)
    return _answered(transfer, TransferState.DECLINED, by, why=transfer.reason)


@transaction.atomic
def cancel_transfer(*, by: Actor, transfer: StationTransfer, reason: str) -> StationTransfer:
    """Take the offer back before it is answered. Raises Refused "answered", "text_missing"."""
    transfer = _open(transfer)
    transfer.reason = asked(reason, field="reason", most=500)
    return _answered(transfer, TransferState.CANCELLED, by, why=transfer.reason)


def _open(transfer: StationTransfer) -> StationTransfer:
    locked = StationTransfer.objects.select_for_update(of=("self",)).select_related("station", "taker")
    fresh = locked.get(pk=transfer.pk)
    if fresh.state != TransferState.OFFERED:
        raise Refused(
            _("这份移交%(state)s，不能再办。") % {"state": fresh.get_state_display()}, code="answered"
        )
    return fresh


def _answered(transfer: StationTransfer, state: TransferState, by: Actor, **said: Any) -> StationTransfer:
    transfer.state, transfer.answered_at = state, timezone.now()
    transfer.save(update_fields=["state", "answered_at", "reason"])
    said |= {"from": transfer.giver_id, "to": transfer.taker_id, "charge": transfer.charge}
    enter(transfer.station, f"transfer_{state.value}", by, transfer=transfer.pk, **said)
    return transfer
