"""Who sees and does what: owner, colleague, stranger, and every role."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from mingbai.cases import perms
from mingbai.cases.actions import handover, ratings, work
from mingbai.cases.models import Case
from mingbai.cases.queries import Filters, to_designate, untaken, work_list
from mingbai.core.actor import RESIDENT
from mingbai.people.actions import add_absence, deactivate_worker
from mingbai.people.roles import RoleCode
from mingbai.places.actions import close_station
from tests.cases.factories import NORTH, SOUTH, TOWN, City, fresh, make_case, make_closed, make_taken
from tests.people.factories import make_user, make_worker

ON_CASE = (
    "can_see",
    "can_work",
    "can_assign",
    "can_designate",
    "can_decide_extension",
    "can_call_back",
    "can_merge",
    "can_merge_person",
    "can_show_person",
)


def allowed(user, case):
    return {name for name in ON_CASE if getattr(perms, name)(fresh(user), case)}


def seen(user):
    return set(Case.objects.visible_to(fresh(user)).values_list("pk", flat=True))


def test_owner_colleague_and_stranger(city: City):
    case = make_taken(city)
    desk = {"can_see", "can_work", "can_merge", "can_show_person"}
    assert allowed(city.alice, case) == desk | {"can_assign", "can_merge_person"}
    assert allowed(city.bob, case) == desk
    assert allowed(city.charlie, case) == set()
    assert perms.is_own(fresh(city.alice), case) and not perms.is_own(fresh(city.bob), case)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (RoleCode.WINDOW_CLERK, {"can_see", "can_work", "can_merge", "can_show_person"}),
        (RoleCode.HOTLINE_AGENT, {"can_see", "can_work", "can_merge", "can_show_person", "can_call_back"}),
        (RoleCode.PRACTITIONER, set()),
        (RoleCode.STATION_MANAGER, set(ON_CASE) - {"can_designate", "can_call_back"}),
        (RoleCode.SUPERVISOR, set(ON_CASE) - {"can_work"}),
        (RoleCode.LEADER, {"can_see"}),
        (RoleCode.FINANCE, set()),
        (RoleCode.QUALITY, {"can_see", "can_call_back"}),
        (RoleCode.SYSTEM_ADMIN, set()),
        (RoleCode.SECURITY_ADMIN, set()),
        (RoleCode.AUDIT_ADMIN, set()),
    ],
)
def test_what_each_role_may_do_in_its_place(city: City, role, may):
    assert allowed(city.users[role], make_taken(city)) == may
    south = make_case(region="210404001001")
    assert (role == RoleCode.LEADER) == bool(allowed(city.users[role], south))


def test_an_anonymous_visitor_sees_nothing(city: City):
    make_case()
    assert not Case.objects.visible_to(AnonymousUser()).exists()


def test_nobody_decides_on_their_own_matter(city: City):
    case = handover.assign(
        case=make_case(),
        by=city.supervisor.actor,
        worker=fresh(city.users[RoleCode.STATION_MANAGER]).worker,
    )
    assert not perms.can_decide_extension(fresh(city.users[RoleCode.STATION_MANAGER]), case)
    case = handover.assign(
        case=case, by=city.supervisor.actor, worker=fresh(city.users[RoleCode.HOTLINE_AGENT]).worker
    )
    assert not perms.can_call_back(fresh(city.users[RoleCode.HOTLINE_AGENT]), case)


def test_a_practitioner_sees_own_matters_and_those_they_help_with(city: City):
    user = fresh(city.users[RoleCode.PRACTITIONER])
    own = handover.assign(case=make_case(), by=city.alice.actor, worker=user.worker)
    make_case()
    assert seen(user) == {own.pk}
    assert allowed(user, own) == {"can_see", "can_work", "can_show_person"}
    assert not perms.can_open(fresh(user), NORTH) and perms.can_open(fresh(city.bob), NORTH)


def test_an_offer_is_seen_where_it_lies(city: City):
    case = make_taken(city)
    assert seen(city.charlie) == set()
    offer = handover.offer(case=case, by=city.alice.actor, to=city.stations[SOUTH], reason="x")
    assert seen(city.charlie) == {case.pk}
    assert perms.can_answer_handover(fresh(city.charlie), offer)
    assert not perms.can_answer_handover(fresh(city.bob), offer)
    handover.decline_handover(handover=offer, by=city.charlie.actor, reason="不归我们")
    assert seen(city.charlie) == set()


def test_helpers_see_it_while_they_help(city: City):
    case = make_taken(city)
    helper = handover.ask_help(
        case=case,
        by=city.alice.actor,
        station=city.stations[SOUTH],
        task="查档",
        due_on=timezone.localdate() + timedelta(days=1),
    )
    assert seen(city.charlie) == {case.pk} and perms.can_finish_help(fresh(city.charlie), helper)
    assert not perms.can_finish_help(fresh(city.bob), helper)
    handover.finish_help(helper=helper, by=city.charlie.actor, result="有")
    assert seen(city.charlie) == set()


def test_a_township_supervisor_sees_its_stations(city: City):
    town = make_case(channel="window", keep_at=TOWN)
    village = make_case(channel="window")
    make_case()
    user = make_user(RoleCode.SUPERVISOR, region=city.regions[TOWN])
    assert seen(user) == {town.pk, village.pk}


def test_who_owns_a_matter_elsewhere_still_sees_and_works_it(city: City):
    worker = make_worker(city.stations[SOUTH], "两边跑")
    user = make_user(RoleCode.STATION_WORKER, station=city.stations[SOUTH], worker=worker)
    case = make_case()
    Case.objects.filter(pk=case.pk).update(owner=worker)
    case.refresh_from_db()
    assert seen(user) == {case.pk} and perms.can_work(fresh(user), case)


def test_appeals_are_made_by_the_station_and_decided_above(city: City):
    rating = ratings.rate(case=make_closed(city), by=RESIDENT, grade=1)
    assert perms.can_appeal(fresh(city.bob), rating) and not perms.can_appeal(fresh(city.charlie), rating)
    assert perms.can_decide_appeal(fresh(city.supervisor), rating)
    assert not perms.can_decide_appeal(fresh(city.alice), rating)


def test_a_stand_in_sees_and_works_the_matters_of_the_absent(city: City):
    today = timezone.localdate()
    case = make_taken(city)
    add_absence(
        by=city.supervisor.actor,
        worker=city.owner,
        starts_on=today,
        ends_on=today,
        stand_in=city.charlie.worker,
    )
    assert seen(city.charlie) == {case.pk} and perms.can_work(fresh(city.charlie), case)
    assert list(work_list(fresh(city.charlie), Filters(scope="mine"))) == [case]
    assert not perms.is_own(fresh(city.charlie), case)


def test_who_has_left_holds_nothing_up(city: City):
    case = make_taken(city)
    deactivate_worker(by=city.supervisor.actor, worker=city.owner)
    assert list(untaken(fresh(city.supervisor))) == [case]
    assert work.take_up(case=case, by=city.bob.actor, worker=city.bob.worker).owner == city.bob.worker


def test_matters_of_a_closed_station_go_to_the_supervisor(city: City):
    case = make_case(channel="window")
    station = city.stations[case.station_id]
    close_station(by=city.supervisor.actor, station=station, on=timezone.localdate(), reason="撤并")
    assert list(to_designate(fresh(city.supervisor))) == [case]
