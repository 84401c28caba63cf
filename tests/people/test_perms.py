"""Every role × permission × inside and outside of the subtree, and what the registers show to whom."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.people import actions, perms
from mingbai.people.models import Grant, User, Worker
from mingbai.people.perms import can, scopes
from mingbai.people.roles import ADMINS, ROLES, Permission, RoleCode
from mingbai.places.models import Station
from tests.people import factories
from tests.people.factories import CITY, NORTH, SOUTH, TOWN, TOWN_SOUTH, VILLAGE

pytestmark = pytest.mark.django_db
P = Permission


@pytest.fixture
def town():
    return factories.make_town()


def holder(role, region=NORTH):
    """A user with one role over a region, given past the rules so that every role fits every place."""
    station = Station.objects.select_related("region").get(code=region)
    user = factories.make_user(worker=factories.make_worker(station))
    Grant.objects.create(user=user, role=role, region_id=region, valid_from=timezone.localdate())
    return factories.fresh(user)


@pytest.mark.parametrize("role", RoleCode.values)
def test_a_role_allows_its_permissions_within_its_subtree_and_nothing_outside(town, role):
    user = holder(role)
    for permission in Permission:
        inside = permission in ROLES[role].permissions
        whole = inside and not ROLES[role].only_own
        assert can(user, permission) is inside, permission
        for place in (NORTH, TOWN, VILLAGE):
            assert can(user, permission, region=place) is whole, (permission, place)
            assert can(user, permission, station=place) is whole, (permission, place)
        for place in (CITY, SOUTH, TOWN_SOUTH):
            assert can(user, permission, region=place) is False, (permission, place)
            assert can(user, permission, station=place) is False, (permission, place)


@pytest.mark.parametrize(
    ("region", "inside", "outside"),
    [
        (CITY, [CITY, NORTH, SOUTH, VILLAGE], []),
        (NORTH, [NORTH, TOWN, VILLAGE], [CITY, SOUTH]),
        (TOWN, [TOWN, VILLAGE], [CITY, NORTH, SOUTH]),
        (VILLAGE, [VILLAGE], [TOWN, NORTH, SOUTH]),
    ],
)
def test_subtrees_of_each_level(town, region, inside, outside):
    user = holder(RoleCode.SUPERVISOR, region)
    assert [code for code in inside + outside if can(user, P.CASE_SEE, region=code)] == inside


def test_scopes_sort_places_by_level(town):
    assert scopes(holder(RoleCode.LEADER, CITY), P.CASE_SEE).everywhere_cities == {CITY}
    assert scopes(holder(RoleCode.LEADER, NORTH), P.CASE_SEE).counties == {NORTH}
    assert scopes(holder(RoleCode.LEADER, TOWN), P.CASE_SEE).regions == {TOWN, VILLAGE}
    assert scopes(factories.alice(town), P.CASE_SEE).stations == {NORTH}


def test_a_station_grant_reaches_that_station_and_no_region(town):
    alice = factories.alice(town)
    assert can(alice, P.CASE_ASSIGN, station=town.stations[NORTH])
    assert not can(alice, P.CASE_ASSIGN, station=TOWN)
    assert not can(alice, P.CASE_ASSIGN, region=NORTH)
    assert not can(alice, P.CASE_ASSIGN, station="no-such-station")


def test_own_matters_only_names_the_worker(town):
    lawyer = factories.make_clerk(town.stations[NORTH], "lawyer", "律师", RoleCode.PRACTITIONER)
    found = scopes(lawyer, P.CASE_SEE)
    assert found.own_only == {lawyer.worker.pk}
    assert not found.stations
    assert perms.is_only_own(lawyer)
    assert can(lawyer, P.CASE_WORK)
    assert not can(lawyer, P.CASE_WORK, station=NORTH)


@pytest.mark.parametrize("days", [(-10, -1), (1, 10)], ids=["over", "not yet"])
def test_a_dated_grant_holds_on_its_days_only(town, days):
    user = factories.make_user()
    today = timezone.localdate()
    first, last = (today + timedelta(days=n) for n in days)
    actions.grant(
        by=SYSTEM, user=user, role="leader", region=town.regions[NORTH], valid_from=first, valid_to=last
    )
    assert not can(factories.fresh(user), P.CASE_SEE)
    Grant.objects.update(valid_from=today, valid_to=today)
    assert can(factories.fresh(user), P.CASE_SEE)


def test_nobody_may_anything_without_a_grant(town):
    plain, shut = factories.make_user(), holder(RoleCode.SUPERVISOR)
    shut.is_active = False
    for user in (plain, shut, AnonymousUser()):
        assert not any(can(user, permission) for permission in Permission)
        assert not Worker.objects.visible_to(user).exclude(user_id=user.pk).exists()
        assert not User.objects.visible_to(user).exists()


def test_grants_cost_one_query_per_user_object(town, django_assert_num_queries):
    user = factories.alice(town)
    can(user, P.CASE_SEE)  # warms the register of places
    user = factories.fresh(user)
    with django_assert_num_queries(1) as queries:
        assert perms.roles(user) == {RoleCode.STATION_MANAGER}
        assert not perms.needs_second_factor(user)
        assert [p for p in Permission if can(user, p)]
    assert "people_grant" in queries.captured_queries[0]["sql"]


@pytest.mark.parametrize("role", RoleCode.values)
def test_administrators_and_supervisors_need_a_second_factor(town, role):
    needs = role in ADMINS or role == RoleCode.SUPERVISOR
    assert perms.needs_second_factor(holder(role)) is needs


@pytest.mark.parametrize("role", sorted(ADMINS))
def test_no_administrator_touches_cases_or_people_data(role):
    touching = {p for p in Permission if p.startswith(("case.", "person."))}
    assert not ROLES[role].permissions & touching


def test_no_two_administrators_share_a_permission():
    admins = [ROLES[role].permissions for role in ADMINS]
    assert sum(len(one) for one in admins) == len(frozenset().union(*admins))


def test_the_register_of_workers_is_seen_by_its_keepers(town):
    alice, bob, charlie = factories.alice(town), factories.bob(town), factories.charlie(town)
    seen = {user.name: {w.name for w in Worker.objects.visible_to(user)} for user in (alice, bob, charlie)}
    assert seen == {"艾丽": {"艾丽", "鲍勃"}, "鲍勃": {"鲍勃"}, "查理": {"查理"}}
    supervisor = holder(RoleCode.SUPERVISOR, CITY)
    assert Worker.objects.visible_to(supervisor).count() == 4
    assert perms.can_edit_worker(alice, bob.worker)
    assert not perms.can_edit_worker(alice, charlie.worker)
    assert not perms.can_edit_worker(bob, alice.worker)


def test_users_and_grants_are_seen_by_administrators_of_their_place(town):
    alice, charlie = factories.alice(town), factories.charlie(town)
    security = holder(RoleCode.SECURITY_ADMIN, NORTH)
    names = {user.username for user in User.objects.visible_to(security)}
    assert "alice" in names and "charlie" not in names
    assert {g.user_id for g in Grant.objects.visible_to(security)} == {alice.pk, security.pk}
    assert not User.objects.visible_to(holder(RoleCode.AUDIT_ADMIN, CITY)).exists()
    system = holder(RoleCode.SYSTEM_ADMIN, NORTH)
    assert perms.can_edit_user(system, alice)
    assert not perms.can_edit_user(system, charlie)
    assert not perms.can_edit_user(system, holder(RoleCode.LEADER, CITY))
    assert not perms.can_edit_user(system, system)


@pytest.mark.parametrize(
    ("scope", "region", "role", "allowed"),
    [
        (NORTH, NORTH, RoleCode.LEADER, True),
        (NORTH, VILLAGE, RoleCode.LEADER, True),
        (NORTH, SOUTH, RoleCode.LEADER, False),
        (NORTH, CITY, RoleCode.LEADER, False),
        (NORTH, NORTH, RoleCode.AUDIT_ADMIN, False),
        (CITY, NORTH, RoleCode.AUDIT_ADMIN, True),
    ],
)
def test_who_may_grant_what(town, scope, region, role, allowed):
    security, user = holder(RoleCode.SECURITY_ADMIN, scope), factories.make_user()
    assert perms.can_grant(security, user, region=region, role=role) is allowed
    assert not perms.can_grant(security, security, region=region, role=role)
