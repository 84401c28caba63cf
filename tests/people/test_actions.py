"""What the actions of people write, refuse and journal."""

from datetime import date, time, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.people import actions, perms
from mingbai.people.models import ApiKey, Brake, Grant, KeptForm, Slip, User, Worker
from mingbai.people.queries import kept_form, key_for, staffing
from mingbai.people.roles import RoleCode
from tests.people import factories
from tests.people.factories import CITY, NORTH, SOUTH

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
def town():
    return factories.make_town()


def refusal(action, **kwargs):
    with pytest.raises(Refused) as caught:
        action(**kwargs)
    return caught.value.code


def verbs(chain):
    return list(Entry.objects.filter(chain=chain).order_by("seq").values_list("verb", flat=True))


# ── the register ──


def test_a_worker_is_registered_with_phone_sealed_and_found_by_hash(town):
    worker = factories.make_worker(
        town.stations[NORTH], "张桂兰", phone="138 1234 5678", skills=[("legal_aid", "劳动"), ("notary", "")]
    )
    stored = Worker.objects.get(code=worker.code)
    assert stored.phone == "13812345678"
    assert b"13812345678" not in bytes(stored.phone_sealed)
    assert stored.phone_hash
    assert {(skill.line, skill.topic) for skill in stored.skills.all()} == {
        ("legal_aid", "劳动"),
        ("notary", ""),
    }
    entry = Entry.objects.get(chain=f"worker:{worker.code}")
    assert entry.verb == "worker.registered" and entry.place == NORTH
    assert "张桂兰" not in entry.data and "138" not in entry.data


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"post": "wizard"}, "unknown_post"),
        ({"phone": "12"}, "bad_phone"),
        ({"name": "  "}, "empty_text"),
        ({"skills": [("magic", "")]}, "unknown_line"),
        ({"post_type": "royal"}, "unknown_post_type"),
    ],
)
def test_a_bad_worker_is_refused_and_leaves_nothing(town, more, code):
    data = {"by": SYSTEM, "name": "甲", "post": "lawyer", "region": town.regions[NORTH], **more}
    assert refusal(actions.register_worker, **data) == code
    assert not Worker.objects.exists()
    assert not Entry.objects.filter(chain__startswith="worker:").exists()


def test_a_worker_code_is_given_once(town):
    factories.make_worker(town.stations[NORTH], code="P00001")
    data = {"by": SYSTEM, "name": "乙", "post": "lawyer", "region": town.regions[NORTH], "code": "P00001"}
    assert refusal(actions.register_worker, **data) == "worker_code_taken"


def test_editing_journals_what_changed_without_personal_values(town):
    worker = factories.make_worker(town.stations[NORTH], "甲")
    actions.edit_worker(by=SYSTEM, worker=worker, name="王五", post="lawyer", phone="13812345678")
    stored = Worker.objects.get(pk=worker.pk)
    assert (stored.name, stored.post, stored.phone) == ("王五", "lawyer", "13812345678")
    data = Entry.objects.get(verb="worker.edited").data
    assert '"post":{"from":"window_clerk","to":"lawyer"}' in data
    assert "王五" not in data and "138" not in data
    actions.edit_worker(by=SYSTEM, worker=worker, name="王五")
    assert Entry.objects.filter(verb="worker.edited").count() == 1


def test_who_leaves_serves_nowhere_and_cannot_sign_in(town):
    alice = factories.alice(town)
    actions.add_duty(
        by=SYSTEM, worker=alice.worker, station=town.stations[NORTH], starts=time(9), ends=time(17), weekday=0
    )
    actions.deactivate_worker(by=SYSTEM, worker=alice.worker, why="退休")
    assert not User.objects.get(username="alice").is_active
    assert not staffing().has_anybody(NORTH, MONDAY)
    assert refusal(actions.deactivate_worker, by=SYSTEM, worker=alice.worker) == "worker_inactive"
    actions.activate_worker(by=SYSTEM, worker=alice.worker)
    assert staffing().has_anybody(NORTH, MONDAY)
    assert not User.objects.get(username="alice").is_active


def test_a_move_ends_duties_at_the_former_station(town):
    worker = factories.make_worker(town.stations[NORTH])
    for code in (NORTH, CITY):
        actions.add_duty(
            by=SYSTEM,
            worker=worker,
            station=town.stations[code],
            starts=time(9),
            ends=time(17),
            weekday=0 if code == NORTH else 1,
        )
    actions.move_worker(
        by=SYSTEM, worker=worker, region=town.regions[SOUTH], station=town.stations[SOUTH], why="调动"
    )
    assert [duty.station_id for duty in worker.duties.all()] == [CITY]
    assert not staffing().by_station.get(NORTH)
    assert [row.code for row in staffing().by_station[SOUTH]] == [worker.code]


# ── roster ──


def test_staffing_follows_every_change_of_the_roster(town):
    first, second = (factories.make_worker(town.stations[NORTH]) for _n in range(2))
    assert len(staffing().serving_on(NORTH, MONDAY)) == 2
    duty = actions.add_duty(
        by=SYSTEM, worker=first, station=town.stations[NORTH], starts=time(9), ends=time(17), weekday=0
    )
    assert [row.id for row in staffing().serving_on(NORTH, MONDAY)] == [first.pk]
    absence = actions.add_absence(
        by=SYSTEM, worker=first, starts_on=MONDAY, ends_on=MONDAY + timedelta(days=7), stand_in=second
    )
    assert [row.id for row in staffing().serving_on(NORTH, MONDAY)] == [second.pk]
    actions.end_absence(by=SYSTEM, absence=absence, ends_on=MONDAY)
    assert [row.id for row in staffing().serving_on(NORTH, MONDAY + timedelta(days=7))] == [first.pk]
    actions.cancel_absence(by=SYSTEM, absence=absence)
    assert [row.id for row in staffing().serving_on(NORTH, MONDAY)] == [first.pk]
    actions.remove_duty(by=SYSTEM, duty=duty)
    assert len(staffing().serving_on(NORTH, MONDAY)) == 2
    assert verbs(f"worker:{first.code}") == [
        "worker.registered",
        "duty.added",
        "absence.added",
        "absence.ended",
        "absence.cancelled",
        "duty.removed",
    ]


def test_staffing_is_kept_while_nothing_changes(town, django_assert_num_queries):
    factories.make_worker(town.stations[NORTH])
    known = staffing()
    with django_assert_num_queries(1):
        assert staffing() is known


def test_stand_ins_may_not_run_in_a_circle(town):
    first, second = (factories.make_worker(town.stations[NORTH]) for _n in range(2))
    days = {"starts_on": MONDAY, "ends_on": MONDAY}
    actions.add_absence(by=SYSTEM, worker=first, stand_in=second, **days)
    assert refusal(actions.add_absence, by=SYSTEM, worker=second, stand_in=first, **days) == "stand_in_loop"
    actions.deactivate_worker(by=SYSTEM, worker=second)
    third = factories.make_worker(town.stations[NORTH])
    gone = Worker.objects.get(pk=second.pk)
    assert refusal(actions.add_absence, by=SYSTEM, worker=third, stand_in=gone, **days) == "stand_in_inactive"
    assert refusal(actions.add_absence, by=SYSTEM, worker=gone, **days) == "worker_inactive"


# ── users and grants ──


def test_a_user_is_made_without_any_role(town):
    user = factories.make_user(username=" New.Clerk ")
    assert user.username == "new.clerk"
    assert user.check_password(factories.PASSWORD)
    assert not perms.roles(user)
    assert refusal(actions.make_user, by=SYSTEM, username="NEW.clerk", name="乙") == "username_taken"


@pytest.mark.parametrize("password", ["short", "12345678901234", "password123"])
def test_weak_passwords_are_refused(password):
    assert (
        refusal(actions.make_user, by=SYSTEM, username="ab", name="甲", password=password) == "weak_password"
    )
    assert not User.objects.exists()


def test_a_reset_password_must_be_changed(town):
    alice = factories.alice(town)
    _user, password = actions.reset_password(by=SYSTEM, user=alice)
    stored = factories.fresh(alice)
    assert stored.check_password(password) and stored.has_initial_password
    actions.change_own_password(by=stored.actor, user=stored, password="another-long-one-7")
    assert not factories.fresh(alice).has_initial_password


def test_one_worker_has_one_sign_in(town):
    alice, other = factories.alice(town), factories.make_user()
    assert refusal(actions.link_worker, by=SYSTEM, user=other, worker=alice.worker) == "worker_has_user"


def admin(role, region, username):
    return factories.make_user(role, region=region, username=username)


def test_administrators_act_within_their_place_only(town):
    system = admin(RoleCode.SYSTEM_ADMIN, town.regions[NORTH], "system")
    alice, charlie = factories.alice(town), factories.charlie(town)
    actions.deactivate_user(by=system.actor, user=alice)
    assert not factories.fresh(alice).is_active
    assert refusal(actions.deactivate_user, by=system.actor, user=charlie) == "not_yours"
    assert refusal(actions.reset_password, by=system.actor, user=charlie) == "not_yours"
    assert refusal(actions.deactivate_user, by=system.actor, user=system) == "own_user"


@pytest.mark.parametrize("role", ["leader", "quality"])
@pytest.mark.parametrize("is_shut", [True, False])
def test_no_county_administrator_takes_over_who_is_or_will_be_the_citys(town, role, is_shut):
    """A shut sign-in and a grant from tomorrow are as far out of reach as one that holds today."""
    system = admin(RoleCode.SYSTEM_ADMIN, town.regions[NORTH], "system")
    security = admin(RoleCode.SECURITY_ADMIN, town.regions[NORTH], "security")
    user = factories.make_user(role, region=town.regions[NORTH])
    later = None if is_shut else timezone.localdate() + timedelta(days=1)
    actions.grant(by=SYSTEM, user=user, role=role, region=town.regions[CITY], valid_from=later)
    if is_shut:
        actions.deactivate_user(by=SYSTEM, user=user)
    user = factories.fresh(user)
    assert refusal(actions.reset_password, by=system.actor, user=user) == "not_yours"
    assert refusal(actions.activate_user, by=system.actor, user=user) == "not_yours"
    assert refusal(actions.reset_second_factor, by=security.actor, user=user) == "not_yours"


def test_people_of_another_county_without_a_role_are_not_a_county_administrators(town):
    system = admin(RoleCode.SYSTEM_ADMIN, town.regions[NORTH], "system")
    near, far = (factories.make_worker(town.stations[code]) for code in (NORTH, SOUTH))
    theirs = factories.make_user(worker=far)
    assert refusal(actions.reset_password, by=system.actor, user=theirs) == "not_yours"
    assert theirs not in User.objects.visible_to(system)
    nobody = factories.make_user()
    assert nobody in User.objects.visible_to(system)
    assert refusal(actions.link_worker, by=system.actor, user=nobody, worker=far) == "unknown_worker"
    made = actions.make_user(by=system.actor, username="neu", name="新人", worker=near)
    assert near.pk == made.worker.pk


def test_a_grant_at_a_station_lies_where_the_station_lies(town):
    security = admin(RoleCode.SECURITY_ADMIN, town.regions[NORTH], "security")
    place = {"region": town.regions[NORTH], "station": town.stations[SOUTH]}
    user = factories.make_user()
    assert refusal(actions.grant, by=security.actor, user=user, role="window_clerk", **place) == "not_yours"
    assert actions.grant(by=SYSTEM, user=user, role="window_clerk", **place).region_id == SOUTH


def test_grants_are_given_and_taken_by_the_security_administrator_alone(town):
    security = admin(RoleCode.SECURITY_ADMIN, town.regions[NORTH], "security")
    alice = factories.alice(town)
    user = factories.make_user()
    north, south = town.regions[NORTH], town.regions[SOUTH]
    given = actions.grant(by=security.actor, user=user, role="leader", region=north)
    assert perms.can(user, perms.Permission.CASE_SEE, region=NORTH)
    assert refusal(actions.grant, by=security.actor, user=user, role="leader", region=north) == "grant_twice"
    assert refusal(actions.grant, by=security.actor, user=user, role="leader", region=south) == "not_yours"
    assert refusal(actions.grant, by=alice.actor, user=user, role="finance", region=north) == "not_yours"
    assert (
        refusal(actions.grant, by=security.actor, user=security, role="leader", region=north) == "own_grant"
    )
    assert refusal(actions.grant, by=SYSTEM, user=user, role="leader") == "no_place"
    nameless = Actor("user", str(alice.pk), "甲")
    assert refusal(actions.grant, by=nameless, user=user, role="finance", region=north) == "not_yours"
    assert refusal(actions.reset_password, by=Actor("partner", "x", "x"), user=user) == "not_yours"
    own = security.grants.get()
    assert refusal(actions.revoke, by=security.actor, grant=own) == "own_grant"
    actions.revoke(by=security.actor, grant=given, why="调离")
    assert not perms.can(factories.fresh(user), perms.Permission.CASE_SEE)
    assert refusal(actions.revoke, by=security.actor, grant=given) == "grant_revoked"
    assert verbs(f"user:{user.pk}") == ["user.made", "user.granted", "user.revoked"]


def test_nobody_becomes_two_administrators_not_even_from_tomorrow(town):
    user, city = factories.make_user(), town.regions[CITY]
    actions.grant(by=SYSTEM, user=user, role=RoleCode.AUDIT_ADMIN, region=city)
    later = timezone.localdate() + timedelta(days=30)
    more = {"by": SYSTEM, "user": user, "region": city, "valid_from": later}
    assert refusal(actions.grant, role=RoleCode.SECURITY_ADMIN, **more) == "admins_separate"
    assert refusal(actions.grant, role=RoleCode.WINDOW_CLERK, **more) == "admin_without_cases"
    station = {"by": SYSTEM, "user": factories.make_user(), "station": town.stations[NORTH]}
    assert refusal(actions.grant, role=RoleCode.AUDIT_ADMIN, **station) == "admin_place"
    assert Grant.objects.count() == 1


def test_the_second_factor_is_reset_by_security_and_not_by_system(town):
    security = admin(RoleCode.SECURITY_ADMIN, town.regions[NORTH], "security")
    system = admin(RoleCode.SYSTEM_ADMIN, town.regions[NORTH], "system")
    alice, charlie = factories.alice(town), factories.charlie(town)
    Authenticator.objects.create(user=alice, type="totp", data={})
    assert refusal(actions.reset_second_factor, by=system.actor, user=alice) == "not_yours"
    assert refusal(actions.reset_second_factor, by=security.actor, user=charlie) == "not_yours"
    assert refusal(actions.reset_second_factor, by=security.actor, user=security) == "not_yours"
    actions.reset_second_factor(by=security.actor, user=alice)
    assert not Authenticator.objects.exists()
    assert verbs(f"user:{alice.pk}")[-1] == "user.factor_reset"


def test_a_pin_is_stored_hashed(town):
    alice = factories.alice(town)
    actions.set_pin(by=alice.actor, user=alice, pin="2741")
    assert "2741" not in factories.fresh(alice).pin
    assert refusal(actions.set_pin, by=alice.actor, user=alice, pin="1111") == "weak_pin"
    actions.clear_pin(by=alice.actor, user=alice)
    assert not factories.fresh(alice).pin


# ── partners ──


def test_a_key_opens_until_it_is_revoked(django_assert_num_queries):
    partner, secret = factories.make_partner("12345")
    assert key_for(secret).partner == partner
    key = ApiKey.objects.get()
    assert secret not in key.secret_hash
    for wrong in ("", "x", secret + "x", secret.upper(), "秘" * 300):
        assert key_for(wrong) is None
    actions.revoke_key(by=SYSTEM, key=key)
    actions.revoke_key(by=SYSTEM, key=key)
    with django_assert_num_queries(1):
        assert key_for(secret) is None
    assert verbs("partner:12345") == ["partner.made", "partner.key_issued", "partner.key_revoked"]


def test_a_partner_is_found_again_by_its_name_and_can_be_shut_out():
    first, secret = factories.make_partner("省法网")
    second, _secret = factories.make_partner("省法网")
    assert first == second
    actions.deactivate_partner(by=SYSTEM, partner=first)
    assert key_for(secret) is None
    first.refresh_from_db()
    assert refusal(actions.issue_key, by=SYSTEM, partner=first) == "partner_inactive"


# ── slips ──


def test_a_slip_signs_in_once_within_a_week(town):
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    now = timezone.now()
    slip, secret = actions.make_slip(by=SYSTEM, user=user, now=now)
    assert len(secret) == 32 and secret not in slip.secret_hash
    assert actions.use_slip(by=SYSTEM, secret=secret, now=now) == user
    assert refusal(actions.use_slip, by=SYSTEM, secret=secret, now=now) == "slip_used"
    _slip, secret = actions.make_slip(by=SYSTEM, user=user, now=now)
    assert refusal(actions.use_slip, by=SYSTEM, secret=secret, now=now + timedelta(days=7)) == "slip_expired"
    assert refusal(actions.use_slip, by=SYSTEM, secret="no-such-slip") == "bad_slip"


def test_a_new_slip_ends_the_one_before(town):
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    _slip, lost = actions.make_slip(by=SYSTEM, user=user)
    actions.make_slip(by=SYSTEM, user=user)
    assert refusal(actions.use_slip, by=SYSTEM, secret=lost) == "slip_expired"


def test_no_slip_for_roles_with_a_second_factor_nor_for_shut_users(town):
    boss = factories.make_user("supervisor", region=town.regions[NORTH])
    assert refusal(actions.make_slip, by=SYSTEM, user=boss) == "slip_needs_factor"
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    _slip, secret = actions.make_slip(by=SYSTEM, user=user)
    actions.grant(by=SYSTEM, user=user, role="supervisor", region=town.regions[NORTH])
    assert refusal(actions.use_slip, by=SYSTEM, secret=secret) == "bad_slip"
    actions.deactivate_user(by=SYSTEM, user=user)
    assert refusal(actions.make_slip, by=SYSTEM, user=user) == "user_inactive"


def test_who_keeps_a_station_prints_no_slip_for_who_may_do_more_elsewhere(town):
    alice, bob = factories.alice(town), factories.bob(town)
    boss = factories.make_user("quality", region=town.regions[CITY], worker=worker_at(town, "质检"))
    leader = factories.make_user("leader", region=town.regions[NORTH], worker=worker_at(town, "领导"))
    for user in (boss, leader):
        assert refusal(actions.make_slip, by=alice.actor, user=user) == "not_yours"
        assert refusal(actions.deactivate_worker, by=alice.actor, worker=user.worker) == "not_yours"
    county = factories.make_user("supervisor", region=town.regions[NORTH])
    actions.make_slip(by=county.actor, user=leader)
    assert refusal(actions.make_slip, by=county.actor, user=boss) == "not_yours"
    actions.make_slip(by=alice.actor, user=bob)
    assert refusal(actions.deactivate_worker, by=alice.actor, worker=alice.worker) == "own_user"
    workers = Worker.objects.select_related("user", "region", "station").order_by("code")
    printed = actions.make_slips(by=alice.actor, workers=workers)
    assert {one.worker.name for one in printed} == {"艾丽", "鲍勃"}


def worker_at(town, name):
    return factories.make_worker(town.stations[NORTH], name)


def test_a_slip_is_no_way_around_a_second_factor_of_ones_own_choice(town):
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    _slip, secret = actions.make_slip(by=SYSTEM, user=user)
    Authenticator.objects.create(user=user, type="totp", data={})
    assert refusal(actions.use_slip, by=SYSTEM, secret=secret) == "bad_slip"
    assert refusal(actions.make_slip, by=SYSTEM, user=user) == "slip_needs_factor"


def test_who_left_and_comes_back_needs_a_new_slip(town):
    bob = factories.bob(town)
    _slip, secret = actions.make_slip(by=SYSTEM, user=bob)
    actions.deactivate_worker(by=SYSTEM, worker=bob.worker)
    actions.activate_worker(by=SYSTEM, worker=bob.worker)
    actions.activate_user(by=SYSTEM, user=bob)
    assert refusal(actions.use_slip, by=SYSTEM, secret=secret) == "bad_slip"


def test_slips_for_a_station_make_the_sign_ins_that_lack(town):
    known = factories.make_clerk(town.stations[NORTH], "bob", "鲍勃", RoleCode.WINDOW_CLERK)
    boss = factories.make_user("supervisor", region=town.regions[NORTH])
    actions.link_worker(by=SYSTEM, user=boss, worker=factories.make_worker(town.stations[NORTH], "局长"))
    lawyer = factories.make_worker(town.stations[NORTH], "律师", "village_lawyer", code="P7")
    workers = Worker.objects.select_related("user", "region", "station").order_by("code")
    printed = actions.make_slips(by=SYSTEM, workers=workers)
    assert {one.worker.name for one in printed} == {"鲍勃", "律师"}
    made = User.objects.get(username="p7")
    assert made.worker == lawyer and not made.has_usable_password()
    assert [(g.role, g.station_id) for g in made.grants.all()] == [("village_lawyer", NORTH)]
    assert actions.use_slip(by=SYSTEM, secret=printed[0].secret).pk in {made.pk, known.pk}
    assert Slip.objects.filter(used_at__isnull=False).count() == 1


# ── tries and kept forms ──


def test_tries_are_counted_in_the_database_and_released(town):
    alice = factories.alice(town)
    more = {"by": SYSTEM, "what": "password", "subject": "alice", "user": alice}
    for n in range(1, 5):
        assert actions.take_try(**more).count == n
    actions.release(by=SYSTEM, what="password", subject="alice")
    for _n in range(5):
        tries = actions.take_try(**more)
    assert tries.until
    assert refusal(actions.take_try, **more) == "locked"
    assert actions.take_try(by=SYSTEM, what="password", subject="bob").count == 1
    assert "alice" not in "".join(Brake.objects.values_list("key", flat=True))
    assert verbs(f"user:{alice.pk}")[-1] == "user.locked_out"


def test_old_counts_are_swept():
    now = timezone.now()
    actions.take_try(by=SYSTEM, what="password", subject="old", now=now - timedelta(days=2))
    actions.take_try(by=SYSTEM, what="password", subject="new", now=now)
    assert Brake.objects.count() == 1


def test_a_failure_under_an_unknown_name_is_written_without_the_name():
    actions.note_failure(by=SYSTEM, user=None, what="password", ip="127.0.0.1")
    assert verbs("user:unknown") == ["user.sign_in_failed"]


def test_a_kept_form_is_sealed_and_belongs_to_its_user(town):
    alice, bob = factories.alice(town), factories.bob(town)
    token = actions.keep_form(
        by=alice.actor, user=alice, path="/desk/new/", fields=[("text", "我的工资没有发")]
    )
    stored = KeptForm.objects.get()
    assert "工资".encode() not in bytes(stored.body_sealed)
    assert kept_form(token, alice) == stored
    assert kept_form(token, bob) is None
    actions.forget_form(by=bob.actor, user=bob, token=token)
    assert kept_form(token, alice)
    actions.forget_form(by=alice.actor, user=alice, token=token)
    assert not KeptForm.objects.exists()
    old = timezone.now() - timedelta(days=1)
    actions.keep_form(by=alice.actor, user=alice, path="/", fields=[], now=old)
    actions.keep_form(by=alice.actor, user=alice, path="/", fields=[])
    assert KeptForm.objects.count() == 1
