"""People, rosters, slips, users, grants and partners through their pages."""

import re
from datetime import timedelta

from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.people import actions
from mingbai.people.models import Absence, Duty, Grant, Partner, Slip, User, Worker
from mingbai.people.queries import key_for, staffing
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE, City
from tests.people.factories import make_user, make_worker
from tests.web.desk.pages import errors, queries, signed_in, soup, words
from tests.web.manage.pages import post, verbs

PHONE = "13898765432"


def registered(city: City, keeper: User) -> Worker:
    values = {"name": "石大勇", "post": "mediator", "station": NORTH, "phone": PHONE, "skills": ["mediation"]}
    post(keeper, "workers/new/", **values)
    return Worker.objects.get(name="石大勇")


def test_a_person_is_registered_and_their_phone_is_masked(city: City, keeper: User) -> None:
    worker = registered(city, keeper)
    assert (worker.station_id, worker.phone) == (NORTH, PHONE)
    for url in (f"workers/{worker.code}/", "workers/?q=石", f"workers/{worker.code}/edit/"):
        page = signed_in(keeper).get(f"/manage/{url}").content.decode()
        assert PHONE not in page
        assert "138****5432" in page
    assert verbs(f"worker:{worker.code}") == ["worker.registered"]


def test_an_empty_phone_leaves_the_known_one(city: City, keeper: User) -> None:
    worker = registered(city, keeper)
    post(keeper, f"workers/{worker.code}/edit/", name="石大勇", post="lawyer", skills=["mediation"])
    worker.refresh_from_db()
    assert (worker.post, worker.phone) == ("lawyer", PHONE)
    response = post(keeper, f"workers/{worker.code}/edit/", name="石大勇", post="lawyer", phone="12")
    assert "phone" in response.content.decode()
    assert errors(response)


def test_a_person_moves_leaves_and_comes_back(city: City, keeper: User) -> None:
    worker = registered(city, keeper)
    post(keeper, f"workers/{worker.code}/move/", station=CITY, why="支援")
    post(keeper, f"workers/{worker.code}/leave/", reason="退休")
    worker.refresh_from_db()
    assert (worker.station_id, worker.is_active) == (CITY, False)
    post(keeper, f"workers/{worker.code}/activate/")
    assert verbs(f"worker:{worker.code}")[1:] == ["worker.moved", "worker.deactivated", "worker.activated"]


def test_nobody_is_registered_at_a_station_of_another_county(city: City) -> None:
    values = {"name": "外人", "post": "mediator", "station": SOUTH}
    assert errors(post(city.supervisor, "workers/new/", **values))
    assert not Worker.objects.filter(name="外人").exists()


def test_a_duty_and_an_absence_with_a_stand_in_change_who_is_there(city: City, keeper: User) -> None:
    worker, today = registered(city, keeper), timezone.localdate()
    times = {"starts": "00:01", "ends": "23:59"}
    post(keeper, f"rosters/{NORTH}/new/", worker=worker.pk, date=today, **times)
    assert [row.name for row in staffing().serving_on(NORTH, today)] == ["石大勇"]
    assert "已有排班" in errors(post(keeper, f"rosters/{NORTH}/new/", worker=worker.pk, date=today, **times))
    assert "星期或日期" in errors(post(keeper, f"rosters/{NORTH}/new/", worker=worker.pk, **times))
    away = {"starts_on": today, "ends_on": today, "reason": "sick", "stand_in": city.owner.pk}
    post(keeper, f"workers/{worker.code}/absences/new/", **away)
    assert [row.name for row in staffing().serving_on(NORTH, today)] == ["艾丽"]
    absence, duty = Absence.objects.get(), Duty.objects.get()
    late = today + timedelta(days=3)
    assert "请假期间内" in errors(post(keeper, f"workers/{worker.code}/absences/{absence.pk}/", ends_on=late))
    post(keeper, f"workers/{worker.code}/absences/{absence.pk}/", ends_on=today)
    assert verbs(f"worker:{worker.code}")[-1] == "absence.ended"
    post(keeper, f"workers/{worker.code}/absences/{absence.pk}/")
    post(keeper, f"rosters/{NORTH}/{duty.pk}/")
    assert not Absence.objects.exists()
    assert not Duty.objects.exists()


def test_who_is_alone_at_a_station_finds_a_stand_in_in_the_county(city: City, keeper: User) -> None:
    alone, far = make_worker(city.stations[TOWN], "独一人"), city.workers[SOUTH]
    near = make_worker(city.stations[VILLAGE], "邻村人")
    page = signed_in(city.supervisor).get(f"/manage/workers/{alone.code}/absences/new/")
    offered = [one.get("value") for one in soup(page).select("[name=stand_in] option")]
    assert str(near.pk) in offered
    assert str(far.pk) not in offered
    today = timezone.localdate()
    away = {"starts_on": today, "ends_on": today, "reason": "leave", "stand_in": near.pk}
    post(city.supervisor, f"workers/{alone.code}/absences/new/", **away)
    names = [row.name for row in staffing().serving_on(TOWN, today)]
    assert "邻村人" in names
    assert "独一人" not in names


def test_slips_are_printed_for_those_whom_a_paper_may_let_in(city: City, keeper: User) -> None:
    page = post(keeper, "slips/", station=NORTH)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    names = {found.get_text() for found in soup(page).select(".slip h2")}
    assert {"艾丽", "鲍勃"} <= names
    assert Slip.objects.count() == len(names)
    assert errors(post(city.supervisor, "slips/", station=SOUTH))


def secret_of(response: object) -> str:
    found = soup(response).select_one("#secret")
    assert found is not None
    return found.get_text(strip=True)


def test_a_user_is_made_with_a_password_that_is_shown_once(city: City) -> None:
    admin = city.users[RoleCode.SYSTEM_ADMIN]
    response = post(admin, "users/new/", username="wang.li", name="王丽")
    user = User.objects.get(username="wang.li")
    assert user.check_password(secret_of(response))
    assert user.has_initial_password
    assert secret_of(response) not in signed_in(admin).get(f"/manage/users/{user.pk}/").content.decode()
    assert "登录名已被使用" in errors(post(admin, "users/new/", username="wang.li", name="王丽"))
    response = post(admin, f"users/{user.pk}/reset/")
    user.refresh_from_db()
    assert user.check_password(secret_of(response))


def test_a_sign_in_is_tied_to_its_person_later_and_untied(city: City) -> None:
    admin, worker = city.users[RoleCode.SYSTEM_ADMIN], make_worker(city.stations[NORTH], "石大勇")
    user = make_user(username="shi.dayong")
    values = {"name": "石大勇", "email": "", "worker": worker.code}
    post(admin, f"users/{user.pk}/edit/", **values)
    assert Worker.objects.get(user=user) == worker
    post(admin, f"users/{user.pk}/edit/", **values)
    assert verbs(f"user:{user.pk}").count("user.linked") == 1
    taken = {**values, "worker": city.owner.code}
    assert "已有登录名" in errors(post(admin, f"users/{user.pk}/edit/", **taken))
    post(admin, f"users/{user.pk}/edit/", **{**values, "worker": ""})
    assert not Worker.objects.filter(user=user).exists()
    county = make_user(RoleCode.SYSTEM_ADMIN, region=city.regions[NORTH])
    foreign = {**values, "worker": city.workers[SOUTH].code}
    assert "没有这个编号" in errors(post(county, f"users/{user.pk}/edit/", **foreign))


def test_a_user_is_shut_with_a_reason_and_opened_again_but_never_by_themselves(city: City) -> None:
    admin = city.users[RoleCode.SYSTEM_ADMIN]
    post(admin, f"users/{city.bob.pk}/off/", reason="调走")
    assert not User.objects.get(pk=city.bob.pk).is_active
    post(admin, f"users/{city.bob.pk}/on/")
    assert User.objects.get(pk=city.bob.pk).is_active
    assert signed_in(admin).get(f"/manage/users/{admin.pk}/reset/").status_code == 404
    assert "不能停用自己的账号" in errors(post(admin, f"users/{admin.pk}/off/", reason="x"))


def test_a_grant_is_given_and_taken_and_never_to_oneself(city: City) -> None:
    admin = city.users[RoleCode.SECURITY_ADMIN]
    user = make_user(username="neu")
    post(admin, f"grants/{user.pk}/new/", role="window_clerk", station=NORTH)
    grant = Grant.objects.get(user=user)
    assert (grant.role, grant.station_id) == ("window_clerk", NORTH)
    assert "admin" not in str(errors(post(admin, f"grants/{user.pk}/new/", role="supervisor", region=NORTH)))
    assert "不能兼任业务角色" in errors(
        post(admin, f"grants/{user.pk}/new/", role="audit_admin", region=CITY)
    )
    post(admin, f"grants/{user.pk}/{grant.pk}/", reason="调走")
    grant.refresh_from_db()
    assert grant.revoked_at is not None
    assert "不能给自己授权" in errors(post(admin, f"grants/{admin.pk}/new/", role="leader", region=CITY))
    assert Entry.objects.filter(chain=f"user:{user.pk}", verb="user.revoked").exists()


def test_a_security_administrator_of_a_county_grants_nothing_elsewhere(city: City) -> None:
    admin = make_user(RoleCode.SECURITY_ADMIN, region=city.regions[NORTH])
    user = make_user(username="neu")
    assert errors(post(admin, f"grants/{user.pk}/new/", role="window_clerk", station=SOUTH))
    assert not Grant.objects.filter(user=user).exists()


def test_a_key_is_shown_once_opens_the_api_and_is_revoked(city: City) -> None:
    admin = city.users[RoleCode.SYSTEM_ADMIN]
    response = post(admin, "partners/hotline12345/keys/new/", scopes=["orders"], a_minute=600)
    secret = secret_of(response)
    assert key_for(secret).partner == city.partner
    page = signed_in(admin).get("/manage/partners/hotline12345/").content.decode()
    assert secret not in page
    found = re.search(r"/keys/([0-9a-f-]{36})/", page)
    assert found
    post(admin, f"partners/hotline12345/keys/{found[1]}/")
    assert key_for(secret) is None


def test_a_partner_is_entered_and_shut_out(city: City) -> None:
    admin = city.users[RoleCode.SYSTEM_ADMIN]
    assert "省法网" in words(post(admin, "partners/new/", name="省法网", code="province"))
    assert "代码只用小写字母" in errors(post(admin, "partners/new/", name="x", code="省"))
    post(admin, "partners/province/off/")
    assert not Partner.objects.get(code="province").is_active
    assert errors(post(admin, "partners/province/keys/new/"))


def test_the_price_of_the_registers_does_not_grow_with_their_rows(city: City, keeper: User) -> None:
    client, admin = signed_in(keeper), signed_in(city.users[RoleCode.SYSTEM_ADMIN])
    pages = [(client, "workers/"), (client, "rosters/"), (client, f"rosters/{NORTH}/"), (admin, "users/")]
    few = [queries(one, f"/manage/{url}") for one, url in pages]
    region, station = city.regions[NORTH], city.stations[NORTH]
    for number in range(20):
        worker = actions.register_worker(
            by=SYSTEM, name=f"人{number}", post="mediator", region=region, station=station
        )
        make_user(RoleCode.WINDOW_CLERK, station=station, worker=worker)
        today = timezone.localdate() + timedelta(days=number)
        actions.add_absence(by=SYSTEM, worker=worker, starts_on=today, ends_on=today)
    assert [queries(one, f"/manage/{url}") for one, url in pages] == few
