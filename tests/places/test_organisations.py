"""Who operates and supervises a station: one of each at a time, handed over with its list."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places import actions
from mingbai.places.enums import Charge, OrganisationKind, TransferState
from mingbai.places.models import Organisation, StationTransfer, Tenure
from mingbai.places.queries import in_charge
from tests.places.factories import NORTH, SOUTH, TOWN, last_entry, make_city, region, station, verbs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = {"people": ["张三"], "open_matters": 4, "equipment": ["查询机 1 台"]}


@pytest.fixture(autouse=True)
def _city(db):
    make_city()
    # Founded today; a hand-over comes after that.
    Tenure.objects.update(valid_from=timezone.localdate() - 30 * DAY)


def refused(code: str, act, /, **arguments: object) -> None:
    with pytest.raises(Refused) as reason:
        act(by=SYSTEM, **arguments)
    assert reason.value.code == code


def firm(name: str = "远方律师事务所") -> Organisation:
    return actions.create_organisation(by=SYSTEM, name=name, kind=OrganisationKind.FIRM, region=region(NORTH))


def today():
    return timezone.localdate()


def offer(taker: Organisation, **more: object) -> StationTransfer:
    arguments = {"station": station(TOWN), "effective_on": today() + 10 * DAY, "inventory": LIST} | more
    return actions.offer_transfer(by=SYSTEM, taker=taker, **arguments)


def operator(on=None) -> str:
    return in_charge(station(TOWN), Charge.OPERATOR, on or today()).name


def test_until_it_is_accepted_the_giver_stays_in_charge():
    transfer = offer(firm())
    assert transfer.state == TransferState.OFFERED and transfer.inventory == LIST
    assert '"open_matters":4' in last_entry(f"station:{TOWN}").data
    assert operator(today() + 20 * DAY) == "新抚区公共法律服务中心"
    actions.accept_transfer(by=SYSTEM, transfer=transfer)
    assert operator(today() + 9 * DAY) == "新抚区公共法律服务中心"
    assert operator(today() + 10 * DAY) == "远方律师事务所"
    assert verbs(f"station:{TOWN}")[-2:] == ["station.transfer_offered", "station.transfer_accepted"]


def test_accepted_late_it_holds_from_the_day_of_acceptance():
    transfer = offer(firm(), effective_on=today() - 5 * DAY)
    actions.accept_transfer(by=SYSTEM, transfer=transfer)
    assert operator(today() - DAY) == "新抚区公共法律服务中心" and operator() == "远方律师事务所"


def test_a_declined_offer_needs_a_reason_and_changes_nothing():
    transfer = offer(firm())
    refused("text_missing", actions.decline_transfer, transfer=transfer, reason=" ")
    declined = actions.decline_transfer(by=SYSTEM, transfer=transfer, reason="设备不全")
    assert (declined.state, declined.reason) == (TransferState.DECLINED, "设备不全")
    assert operator(today() + 20 * DAY) == "新抚区公共法律服务中心"
    refused("answered", actions.accept_transfer, transfer=transfer)
    assert offer(Organisation.objects.get(name="远方律师事务所")).state == TransferState.OFFERED


def test_an_offer_can_be_taken_back_before_its_answer():
    transfer = offer(firm())
    actions.cancel_transfer(by=SYSTEM, transfer=transfer, reason="写错单位")
    refused("answered", actions.decline_transfer, transfer=transfer, reason="x")
    assert verbs(f"station:{TOWN}")[-1] == "station.transfer_cancelled"


@pytest.mark.parametrize("missing", ["people", "open_matters", "equipment"])
def test_a_list_with_a_gap_is_refused(missing):
    part = {name: value for name, value in LIST.items() if name != missing}
    arguments = {"station": station(TOWN), "taker": firm(), "effective_on": today() + DAY}
    refused("list_incomplete", actions.offer_transfer, inventory=part, **arguments)


def test_offers_that_cannot_be_are_refused():
    other = firm()
    base = {"station": station(TOWN), "taker": other, "effective_on": today() + DAY, "inventory": LIST}
    centre = in_charge(station(TOWN), Charge.OPERATOR, today())
    refused("same_organisation", actions.offer_transfer, **(base | {"taker": centre}))
    refused("bad_date", actions.offer_transfer, **(base | {"effective_on": today() - 30 * DAY}))
    refused("no_bureau", actions.offer_transfer, **base, charge=Charge.SUPERVISOR)
    offer(other)
    refused("already_offered", actions.offer_transfer, **base)
    Tenure.objects.filter(station=NORTH, charge=Charge.OPERATOR).delete()
    refused("nobody_in_charge", actions.offer_transfer, **(base | {"station": station(NORTH)}))
    actions.edit_organisation(by=SYSTEM, organisation=other, changes={"is_active": False})
    refused("inactive", actions.offer_transfer, **(base | {"taker": Organisation.objects.get(pk=other.pk)}))


def test_a_supervisor_is_handed_over_like_an_operator():
    south = Organisation.objects.get(region=SOUTH, kind=OrganisationKind.BUREAU)
    transfer = offer(south, charge=Charge.SUPERVISOR)
    actions.accept_transfer(by=SYSTEM, transfer=transfer)
    assert in_charge(station(TOWN), Charge.SUPERVISOR, today() + 10 * DAY) == south
    assert operator(today() + 10 * DAY) == "新抚区公共法律服务中心"


def test_naming_is_only_for_a_station_that_nobody_runs():
    new = actions.create_station(by=SYSTEM, region=region(NORTH), name="分中心", tier="county_centre")
    other = firm()
    named = actions.name_operator(by=SYSTEM, station=new, organisation=other, on=today())
    assert named.organisation == other and verbs(f"station:{new.code}")[-1] == "station.operator_named"
    refused("in_charge", actions.name_operator, station=new, organisation=other, on=today())
    refused("no_bureau", actions.name_supervisor, station=new, organisation=other, on=today())
    bureau = Organisation.objects.get(region=NORTH, kind=OrganisationKind.BUREAU)
    actions.name_supervisor(by=SYSTEM, station=new, organisation=bureau, on=today())
    Tenure.objects.filter(pk=named.pk).update(valid_to=today())
    refused("bad_date", actions.name_operator, station=new, organisation=other, on=today())


def test_the_database_itself_allows_one_at_a_time():
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.create(
            station=station(TOWN), charge=Charge.OPERATOR, organisation=firm(), valid_from=today()
        )


def test_an_organisation_is_entered_and_edited_with_its_checks():
    made = actions.create_organisation(
        by=SYSTEM,
        name=" 抚顺市公证处 ",
        kind=OrganisationKind.NOTARY_OFFICE,
        region=region(NORTH),
        credit_code="91110000600037341L",
    )
    assert made.name == "抚顺市公证处" and verbs(f"organisation:{made.pk}") == ["organisation.created"]
    same = {"name": "抚顺市公证处", "kind": OrganisationKind.FIRM, "region": region(NORTH)}
    refused("name_taken", actions.create_organisation, **same)
    refused("unknown_kind", actions.create_organisation, **(same | {"name": "甲", "kind": "club"}))
    refused("bad_credit_code", actions.create_organisation, **(same | {"name": "甲"}), credit_code="123")
    changes = {"name": "抚顺市诚信公证处", "kind": OrganisationKind.NOTARY_OFFICE, "phone": "024-1"}
    edited = actions.edit_organisation(by=SYSTEM, organisation=made, changes=changes, why="更名")
    assert edited.name == "抚顺市诚信公证处"
    assert '"why":"更名"' in last_entry(f"organisation:{made.pk}").data
    actions.edit_organisation(by=SYSTEM, organisation=made, changes=changes)
    assert len(verbs(f"organisation:{made.pk}")) == 2
    refused("bad_credit_code", actions.edit_organisation, organisation=made, changes={"credit_code": "1"})


def test_an_organisation_in_charge_is_not_put_out_of_use():
    centre = in_charge(station(TOWN), Charge.OPERATOR, today())
    refused("in_charge", actions.edit_organisation, organisation=centre, changes={"is_active": False})
