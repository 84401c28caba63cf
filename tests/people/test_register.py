"""What the registers show to whom, and the small verbs of users, partners and commands."""

from datetime import date, time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions, perms
from mingbai.people.models import Absence, ApiKey, Duty, Partner, Slip
from mingbai.people.queries import staffing
from mingbai.people.roles import RoleCode
from mingbai.places.models import Organisation
from tests.people import factories
from tests.people.factories import CITY, NORTH, SOUTH

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


@pytest.fixture
def town():
    return factories.make_town()


def refusal(action, **kwargs):
    with pytest.raises(Refused) as caught:
        action(**kwargs)
    return caught.value.code


def test_duties_and_absences_are_seen_with_their_worker(town):
    alice, charlie = factories.alice(town), factories.charlie(town)
    hours = {"starts": time(9), "ends": time(17), "weekday": 0}
    duty = actions.add_duty(by=SYSTEM, worker=alice.worker, station=town.stations[NORTH], **hours)
    absence = actions.add_absence(by=SYSTEM, worker=alice.worker, starts_on=DAY, ends_on=DAY)
    assert list(Duty.objects.visible_to(alice)) == [duty]
    assert list(Absence.objects.visible_to(alice)) == [absence]
    assert not Duty.objects.visible_to(charlie).exists()
    assert not Absence.objects.visible_to(charlie).exists()
    later = date(2026, 12, 1)
    assert refusal(actions.end_absence, by=SYSTEM, absence=absence, ends_on=later) == "bad_period"
    for thing in (duty, absence, alice, alice.worker, alice.grants.get()):
        assert str(thing)


def test_partners_are_seen_by_who_keeps_them(town):
    partner, _secret = factories.make_partner()
    keeper = factories.make_user(RoleCode.SYSTEM_ADMIN, region=town.regions[CITY])
    assert list(Partner.objects.visible_to(keeper)) == [partner]
    assert not Partner.objects.visible_to(factories.alice(town)).exists()
    assert refusal(actions.make_partner, by=SYSTEM, name="省", code="大写 A") == "bad_code"
    assert str(partner) == "12345" and str(ApiKey.objects.get())
    assert partner.actor.code == "partner:12345"


def test_workers_keep_their_organisation_and_skills_up_to_date(town):
    worker = factories.make_worker(town.stations[NORTH], skills=[("legal_aid", "")])
    firm = Organisation.objects.create(name="某某律师事务所", kind="firm", region=town.regions[NORTH])
    actions.edit_worker(
        by=SYSTEM, worker=worker, organisation=firm, is_full_time=True, skills=[("notary", "")]
    )
    worker.refresh_from_db()
    assert worker.organisation == firm
    assert staffing().workers[worker.pk].lines == {"notary"}
    assert staffing().is_absent(worker.pk, DAY) is False
    assert [str(skill) for skill in worker.skills.all()]


def test_a_worker_without_station_belongs_to_the_region(town):
    keeper = factories.make_user(RoleCode.SUPERVISOR, region=town.regions[NORTH])
    data = {"by": SYSTEM, "name": "甲", "post": "law_savvy_villager"}
    here = actions.register_worker(region=town.regions[NORTH], **data)
    there = actions.register_worker(region=town.regions[SOUTH], **data)
    assert perms.can_edit_worker(keeper, here)
    assert not perms.can_edit_worker(keeper, there)


def test_users_are_edited_opened_and_shut(town):
    alice = factories.alice(town)
    actions.edit_user(by=SYSTEM, user=alice, name="艾丽丝", email="alice@example.gov.cn")
    actions.deactivate_user(by=SYSTEM, user=alice, why="借调")
    actions.activate_user(by=SYSTEM, user=alice)
    actions.link_worker(by=SYSTEM, user=alice, worker=None)
    stored = factories.fresh(alice)
    assert (stored.name, stored.is_active) == ("艾丽丝", True)
    assert getattr(stored, "worker", None) is None
    assert stored.actor.code == f"user:{stored.pk}"
    assert not perms.can_grant(stored, stored, region=NORTH)


@pytest.mark.parametrize("place", [{"station": "no-such"}, {"region": "no-such"}])
def test_make_slips_names_an_unknown_place(place):
    with pytest.raises(CommandError):
        call_command("make_slips", stdout=StringIO(), **place)
    assert not Slip.objects.exists()


def test_issue_key_refuses_a_name_of_nothing():
    with pytest.raises(CommandError):
        call_command("issue_key", "  ", stdout=StringIO())
    assert not Partner.objects.exists()
