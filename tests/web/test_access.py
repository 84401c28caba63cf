"""Who gets through which door, what locks, and that typed text survives a lost session."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.people import actions
from mingbai.people.models import KeptForm
from mingbai.people.roles import RoleCode
from tests.people import factories
from tests.people.factories import CITY, PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.access_urls")]
TEXT = "老张的工资拖了三个月没有发。\n他想问能不能申请法律援助 😀"


@pytest.fixture
def town():
    return factories.make_town()


@pytest.fixture
def bob(town):
    return factories.bob(town)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def sign_in(client, username, password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": username, "password": password, **more})


def idle(client, seconds=settings.SESSION_IDLE_LOCK + 1):
    session = client.session
    session["seen_at"] = int(time.time()) - seconds
    session.save()


def fields_of(response):
    """The first form that leads back to the page: where it goes and what it carries."""
    form = BeautifulSoup(response.content, "lxml").find("main").find("form")
    return form["action"], {
        tag["name"]: tag["value"] for tag in form.find_all("input") if tag["name"] != "csrfmiddlewaretoken"
    }


# ── doors ──


def test_views_say_who_may_call_them():
    from tests.web import access_urls

    kinds = [getattr(access_urls, name).access.kind for name in ("home", "desk", "audit", "anybody", "api")]
    assert kinds == ["public", "staff", "staff", "staff", "partner"]


def test_strangers_meet_the_sign_in_page_and_come_back(bob):
    client = Client()
    assert client.get("/").content == b"home"
    assert client.get("/api/").content == b"api"
    response = client.get("/desk/?tab=late")
    assert response.headers["Location"] == "/accounts/login/?next=%2Fdesk%2F%3Ftab%3Dlate"
    response = sign_in(client, "bob", next="/desk/?tab=late")
    assert response.headers["Location"] == "/desk/?tab=late"
    assert client.get("/desk/").content == b"desk"


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/desk/", "javascript:alert(1)"])
def test_nobody_is_sent_to_a_foreign_address(bob, to):
    assert sign_in(Client(), "bob", next=to).headers["Location"] == settings.LOGIN_REDIRECT_URL


def test_a_fragment_sends_the_whole_page_to_sign_in(bob):
    response = Client().get(
        "/desk/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/?q=1"}
    )
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=%2Fdesk%2F%3Fq%3D1"
    assert Client().get("/desk/", headers={"Accept": "application/json"}).status_code == 401


def test_staff_without_the_permission_get_403(bob):
    assert signed_in(bob).get("/audit/").status_code == 403
    assert signed_in(factories.make_user()).get("/desk/").status_code == 403
    assert signed_in(factories.make_user()).get("/anybody/").status_code == 200


def test_a_shut_user_is_out_with_the_next_click(bob):
    client = signed_in(bob)
    assert client.get("/desk/").status_code == 200
    actions.deactivate_user(by=SYSTEM, user=bob)
    assert client.get("/desk/").status_code == 302


def test_a_page_costs_three_queries_for_the_user(bob, django_assert_num_queries):
    client = signed_in(bob)
    client.get("/desk/")
    with django_assert_num_queries(3) as queries:
        client.get("/desk/")
    tables = [sql["sql"].split('FROM "')[1].split('"')[0] for sql in queries.captured_queries]
    assert tables == ["django_session", "people_user", "people_grant"]


def test_the_initial_password_must_be_changed_first(bob):
    _user, password = actions.reset_password(by=SYSTEM, user=bob)
    client = Client()
    sign_in(client, "bob", password)
    assert client.get("/desk/").headers["Location"].startswith("/accounts/password/change/")
    page = client.get("/accounts/password/change/")
    assert "别人替您设的" in page.content.decode()
    new = {"oldpassword": password, "password1": "tian-tun-jie-dao-5", "password2": "tian-tun-jie-dao-5"}
    response = client.post("/accounts/password/change/", new)
    assert response.status_code == 302
    assert client.get("/desk/").content == b"desk"


# ── the second factor ──


def test_a_role_that_asks_for_a_second_factor_leads_to_setting_one_up(town):
    boss = factories.make_user(RoleCode.AUDIT_ADMIN, region=town.regions[CITY], username="audit")
    client = Client()
    sign_in(client, "audit")
    response = client.get("/audit/")
    assert response.headers["Location"] == "/accounts/second-factor/?next=%2Faudit%2F"
    assert "第二种登录方式" in client.get(response.headers["Location"]).content.decode()
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    code = totp(client)
    response = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert response.status_code == 302, response.content.decode()
    assert client.get(response.headers["Location"]).status_code == 200
    assert client.get("/accounts/second-factor/").headers["Location"] == "/audit/"
    assert client.get("/audit/").content == b"audit"
    secret = boss.authenticator_set.get(type="totp").data["secret"]
    assert len(secret) > 60  # sealed
    assert Entry.objects.filter(chain=f"user:{boss.pk}", verb="user.factor_added").exists()
    refused = client.post("/accounts/2fa/totp/deactivate/")
    assert "请先添加另一种" in refused.content.decode()


def test_the_last_key_stays_where_the_role_asks_for_a_factor(town):
    boss = factories.make_user(RoleCode.AUDIT_ADMIN, region=town.regions[CITY], username="audit")
    keys = [
        Authenticator.objects.create(user=boss, type="webauthn", data={"name": "钥匙"}) for _n in range(2)
    ]
    client = signed_in(boss)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(boss.pk)
    session.save()
    assert client.get("/audit/").content == b"audit"
    for key in keys:
        client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
    assert list(Authenticator.objects.filter(user=boss)) == keys[1:]
    assert Entry.objects.filter(chain=f"user:{boss.pk}", verb="user.factor_removed").count() == 1


def test_a_passkey_that_does_not_fit_is_written_down(town):
    response = Client().post("/accounts/2fa/webauthn/login/", {"credential": "{}"})
    assert response.headers["Location"] == "/accounts/login/"
    assert Entry.objects.filter(verb="user.sign_in_failed").exists()


def totp(client):
    from allauth.mfa.totp.internal import auth

    secret = client.session[auth.SECRET_SESSION_KEY]
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def test_who_has_a_factor_must_show_it_at_sign_in_and_cannot_add_another_without(town):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    boss = factories.make_user(RoleCode.AUDIT_ADMIN, region=town.regions[CITY], username="audit")
    TOTP.activate(boss, generate_totp_secret())
    client = Client()
    assert sign_in(client, "audit").headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/audit/").status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert Entry.objects.filter(chain=f"user:{boss.pk}", verb="user.sign_in_failed").exists()
    # A session that came in another way (a slip, the city's sign-in) has not shown it.
    client = signed_in(boss)
    assert client.get("/audit/").headers["Location"].startswith("/accounts/second-factor/")
    assert (
        client.get("/accounts/second-factor/").headers["Location"].startswith("/accounts/2fa/reauthenticate/")
    )
    for path in ("webauthn/add/", "totp/activate/", "totp/deactivate/", "recovery-codes/generate/", ""):
        response = client.get(f"/accounts/2fa/{path}")
        assert response.headers["Location"].startswith("/accounts/2fa/reauthenticate/"), path


def test_who_has_only_a_key_shows_the_key(town):
    boss = factories.make_user(RoleCode.AUDIT_ADMIN, region=town.regions[CITY], username="audit")
    Authenticator.objects.create(user=boss, type="webauthn", data={"name": "甲"})
    response = signed_in(boss).get("/accounts/second-factor/")
    assert response.headers["Location"].startswith("/accounts/2fa/webauthn/reauthenticate/")


def test_codes_are_counted_for_all_processes(town):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    boss = factories.make_user(RoleCode.AUDIT_ADMIN, region=town.regions[CITY], username="audit")
    TOTP.activate(boss, generate_totp_secret())
    client = Client()
    sign_in(client, "audit")
    for _n in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "已暂时锁定" in page


# ── the lock ──


def test_an_idle_session_locks_and_the_pin_reopens_it(bob):
    actions.set_pin(by=bob.actor, user=bob, pin="2741")
    client = signed_in(bob)
    client.get("/desk/")
    idle(client)
    response = client.get("/desk/?page=2")
    assert response.headers["Location"] == "/accounts/unlock/?next=%2Fdesk%2F%3Fpage%3D2"
    assert client.get("/anybody/").status_code == 302
    page = client.get(response.headers["Location"]).content.decode()
    assert "鲍勃" in page and 'name="pin"' in page
    response = client.post("/accounts/unlock/", {"pin": "2741", "next": "/desk/?page=2"})
    assert response.headers["Location"] == "/desk/?page=2"
    assert client.get("/desk/").content == b"desk"
    assert list(
        Entry.objects.filter(chain=f"user:{bob.pk}", verb__in=["user.locked", "user.unlocked"])
        .order_by("seq")
        .values_list("verb", flat=True)
    ) == ["user.locked", "user.unlocked"]


def test_who_has_no_pin_unlocks_with_the_password(bob):
    client = signed_in(bob)
    client.post("/accounts/lock/", {"next": "/desk/"})
    assert client.get("/desk/").status_code == 302
    assert client.post("/accounts/unlock/", {"password": PASSWORD}).status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_forgotten_pin_gives_way_to_the_password(bob):
    actions.set_pin(by=bob.actor, user=bob, pin="2741")
    client = signed_in(bob)
    client.post("/accounts/lock/", {"next": "/desk/"})
    page = BeautifulSoup(client.get("/accounts/unlock/?next=/desk/").content, "lxml")
    other = page.find("a", string=lambda text: text and "用密码解锁" in text)["href"]
    assert 'name="password"' in client.get(other).content.decode()
    response = client.post("/accounts/unlock/", {"password": PASSWORD, "next": "/desk/"})
    assert response.headers["Location"] == "/desk/"


def test_who_has_neither_pin_nor_password_is_told_how_to_get_in(town):
    user = actions.make_user(by=SYSTEM, username="slip-only", name="丁")
    client = signed_in(user)
    client.post("/accounts/lock/")
    assert "新的登录条" in client.get("/accounts/unlock/").content.decode()
    assert client.post("/accounts/unlock/", {"pin": "", "password": ""}).status_code in (200, 422)
    assert client.get("/anybody/").status_code == 302


def test_a_patient_guesser_of_pins_has_five_tries_like_anybody(bob, monkeypatch):
    actions.set_pin(by=bob.actor, user=bob, pin="2741")
    client = signed_in(bob)
    client.post("/accounts/lock/")
    start = timezone.now()
    for n in range(5):
        monkeypatch.setattr("django.utils.timezone.now", lambda n=n: start + timedelta(minutes=11 * n))
        client.post("/accounts/unlock/", {"pin": "0000"})
    assert "_auth_user_id" not in client.session


def test_five_wrong_pins_sign_out(bob):
    actions.set_pin(by=bob.actor, user=bob, pin="2741")
    client = signed_in(bob)
    client.post("/accounts/lock/")
    for left in (4, 3, 2, 1):
        response = client.post("/accounts/unlock/", {"pin": "0000"})
        assert response.status_code == 422
        assert f"还可以试 {left} 次" in response.content.decode()
    response = client.post("/accounts/unlock/", {"pin": "0000", "next": "/desk/"})
    assert response.headers["Location"] == "/accounts/login/?next=%2Fdesk%2F"
    assert client.post("/accounts/unlock/", {"pin": "2741"}).status_code == 302
    assert "_auth_user_id" not in client.session
    assert Entry.objects.filter(chain=f"user:{bob.pk}", verb="user.signed_out").exists()


def test_what_the_page_asks_by_itself_does_not_keep_it_open(bob):
    client = signed_in(bob)
    client.get("/desk/")
    idle(client, settings.SESSION_IDLE_LOCK - 60)
    before = client.session["seen_at"]
    client.get("/desk/", headers={"X-Live": "1"})
    assert client.session["seen_at"] == before
    client.get("/desk/")
    assert client.session["seen_at"] > before


def test_a_click_within_the_minute_writes_no_session(bob, django_assert_num_queries):
    client = signed_in(bob)
    client.get("/desk/")
    seen = client.session["seen_at"]
    client.get("/desk/")
    assert client.session["seen_at"] == seen


# ── typed text ──


def test_text_posted_to_a_locked_session_comes_back_after_the_pin(bob):
    actions.set_pin(by=bob.actor, user=bob, pin="2741")
    client = signed_in(bob)
    client.get("/desk/")
    idle(client)
    response = client.post("/desk/", {"text": TEXT, "kind": "consultation", "password": "secret-of-bob"})
    assert response.headers["Location"].startswith("/accounts/unlock/?next=%2Faccounts%2Fkept%2F")
    back = client.post(response.headers["Location"], {"pin": "2741", "next": next_of(response)})
    page = client.get(back.headers["Location"])
    assert "您填写的内容还在，请确认提交" in page.content.decode()
    assert "secret-of-bob" not in page.content.decode()
    action, fields = fields_of(page)
    assert action == "/desk/"
    assert fields["text"].replace("\r\n", "\n") == TEXT and fields["kind"] == "consultation"
    assert client.post(action, fields).content.decode() == f"saved {TEXT}"
    assert not KeptForm.objects.exists()


def next_of(response):
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(response.headers["Location"]).query)["next"][0]


def test_text_posted_after_the_session_expired_comes_back_after_sign_in(bob):
    client = signed_in(bob)
    client.get("/desk/")
    Session.objects.update(expire_date=timezone.now() - timezone.timedelta(seconds=1))
    response = client.post("/desk/", {"text": TEXT})
    assert response.headers["Location"].startswith("/accounts/login/?next=%2Faccounts%2Fkept%2F")
    back = sign_in(client, "bob", next=next_of(response))
    assert TEXT.split("\n")[0] in client.get(back.headers["Location"]).content.decode()


def test_kept_text_is_shown_to_nobody_else(bob, town):
    client = signed_in(bob)
    client.get("/desk/")
    idle(client)
    address = next_of(client.post("/desk/", {"text": TEXT}))
    other = signed_in(factories.alice(town))
    response = other.get(address)
    assert response.status_code == 302
    assert KeptForm.objects.exists()


def test_text_of_somebody_signed_out_stays_on_their_page_and_is_not_stored(bob):
    client = signed_in(bob)
    client.post("/accounts/logout/")
    response = client.post("/desk/", {"text": TEXT})
    assert response.status_code == 403
    action, fields = fields_of(response)
    assert action == "/desk/" and fields["text"].replace("\r\n", "\n") == TEXT
    assert not KeptForm.objects.exists()


def test_a_fragment_posted_after_sign_out_shows_the_text_too(bob):
    response = Client().post("/desk/", {"text": TEXT}, headers={"HX-Request": "true"})
    assert response.status_code == 200 and response.headers["HX-Retarget"] == "body"
    assert fields_of(response)[1]["text"].replace("\r\n", "\n") == TEXT


def test_an_address_that_is_none_leads_to_the_desk_after_signing_in():
    response = Client().put("/desk/", headers={"Referer": "http://[::1"})
    assert response.status_code == 302 and next_of(response) == "/desk/"


def test_kept_text_can_be_thrown_away(bob):
    client = signed_in(bob)
    client.get("/desk/")
    idle(client)
    address = next_of(client.post("/desk/", {"text": TEXT}))
    client.post("/accounts/unlock/", {"password": PASSWORD})
    assert client.get(address).status_code == 200
    client.post(address)
    assert not KeptForm.objects.exists()
    assert client.get(address).status_code == 302


def test_an_old_form_of_ours_is_sent_again_with_a_fresh_token(bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    response = client.post("/desk/", {"text": TEXT}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 403
    page = BeautifulSoup(response.content, "lxml")
    token = page.find("input", {"name": "csrfmiddlewaretoken"})["value"]
    _action, fields = fields_of(response)
    again = client.post("/desk/", {**fields, "csrfmiddlewaretoken": token})
    assert again.content.decode().replace("\r\n", "\n") == f"saved {TEXT}"


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Referer": "http://[::1"}, {}],
    ids=str,
)
def test_a_foreign_page_cannot_have_its_text_confirmed(bob, headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    response = client.post("/desk/", {"text": TEXT}, headers=headers)
    assert response.status_code == 403
    assert TEXT.split("\n")[0] not in response.content.decode()
