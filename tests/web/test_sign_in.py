"""Sign-in: closed sign-up, no names given away, the lock after five, slips, everything in the journal."""

import re
import statistics
import time
from io import StringIO

import pytest
from allauth.mfa.totp.internal import auth
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.people import actions
from mingbai.people.models import Brake, Partner, User
from mingbai.people.queries import key_for
from tests.people import factories
from tests.people.factories import NORTH, PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.access_urls")]


@pytest.fixture
def town():
    return factories.make_town()


@pytest.fixture
def bob(town):
    return factories.bob(town)


def sign_in(username, password=PASSWORD, client=None):
    return (client or Client()).post("/accounts/login/", {"login": username, "password": password})


def plain(response):
    """The page without what differs by chance or repeats what was typed."""
    text = re.sub(r'value="[^"]*"', "", response.content.decode())
    return response.status_code, text


def verbs(user):
    return list(Entry.objects.filter(chain=f"user:{user.pk}").order_by("seq").values_list("verb", flat=True))


def test_a_wrong_name_and_a_wrong_password_look_the_same(bob):
    assert plain(sign_in("bob", "wrong-password-1")) == plain(sign_in("nobody", "wrong-password-1"))


def test_locked_names_look_the_same_whether_they_exist_or_not(bob):
    for name in ("bob", "nobody"):
        for _n in range(5):
            sign_in(name, "wrong-password-1")
    known, unknown = sign_in("bob"), sign_in("nobody")
    assert "已暂时锁定" in known.content.decode()
    assert plain(known) == plain(unknown)


def test_five_wrong_passwords_lock_also_the_right_one_and_all_is_written(bob):
    for _n in range(5):
        assert sign_in("BOB ", "wrong-password-1").status_code == 200
    assert sign_in("bob").status_code == 200  # not signed in
    assert verbs(bob)[3:] == [*["user.sign_in_failed"] * 4, "user.locked_out", "user.sign_in_failed"]
    Brake.objects.all().delete()
    assert sign_in("bob").status_code == 302
    assert verbs(bob)[-1] == "user.signed_in"
    assert not Brake.objects.exists()


def test_sign_in_and_out_are_written(bob):
    client = Client()
    sign_in("bob", client=client)
    client.post("/accounts/logout/")
    assert verbs(bob)[-2:] == ["user.signed_in", "user.signed_out"]
    entry = Entry.objects.get(verb="user.signed_in")
    assert '"how":"password"' in entry.data and '"ip":"127.0.0.1"' in entry.data


def test_nobody_signs_up_and_nothing_of_the_mail_is_open():
    for name in ("account_signup", "account_email", "account_reset_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert Client().get("/accounts/signup/").status_code == 404


def test_an_inactive_user_is_told_only_with_the_right_password(bob):
    actions.deactivate_user(by=SYSTEM, user=bob)
    assert sign_in("bob").headers["Location"] == "/accounts/inactive/"
    assert Client().get("/accounts/inactive/").status_code == 200
    assert plain(sign_in("bob", "wrong-password-1")) == plain(sign_in("nobody", "wrong-password-1"))


def test_a_wrong_name_takes_as_long_as_a_wrong_password(bob, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    bob.set_password(PASSWORD)
    bob.save()

    def seconds(name):
        Brake.objects.all().delete()
        started = time.perf_counter()
        sign_in(name, "wrong-password-1")
        return time.perf_counter() - started

    known = statistics.median(seconds("bob") for _n in range(3))
    unknown = statistics.median(seconds("nobody") for _n in range(3))
    assert 0.5 < known / unknown < 2


# ── slips ──


def test_opening_a_slip_spends_nothing_and_its_button_signs_in_once(town):
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    _slip, secret = actions.make_slip(by=SYSTEM, user=user)
    client, path = Client(), f"/accounts/slip/{secret}/"
    for _n in range(3):
        assert "登录" in client.get(path).content.decode()
    response = client.post(path)
    assert response.headers["Location"] == "/accounts/pin/"
    assert client.get("/accounts/pin/").status_code == 200
    assert client.get("/desk/").content == b"desk"
    again = Client().post(path)
    assert again.status_code == 422 and "已经用过" in again.content.decode()
    assert Client().post("/accounts/slip/nonsense/").status_code == 422
    assert '"how":"slip"' in Entry.objects.get(chain=f"user:{user.pk}", verb="user.signed_in").data


def test_a_slip_is_not_spent_without_our_own_form(town):
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    slip, secret = actions.make_slip(by=SYSTEM, user=user)
    assert Client(enforce_csrf_checks=True).post(f"/accounts/slip/{secret}/").status_code == 403
    slip.refresh_from_db()
    assert slip.used_at is None


def test_make_slips_writes_a_page_that_stands_alone(town, tmp_path):
    factories.make_worker(town.stations[NORTH], "李律师", "village_lawyer", code="P9")
    out = tmp_path / "slips.html"
    call_command(
        "make_slips", station=NORTH, out=str(out), url="https://fw.example.gov.cn", stderr=StringIO()
    )
    page = out.read_text()
    assert "李律师" in page and "<svg" in page and "<style>" in page and "https://fw.example.gov.cn/" in page
    assert out.stat().st_mode & 0o077 == 0
    assert User.objects.get(username="p9").slips.count() == 1
    call_command("make_slips", region=NORTH, stdout=StringIO(), stderr=StringIO())


# ── the PIN page ──


def test_setting_a_pin_asks_for_the_password(bob):
    client = Client()
    client.force_login(bob)
    wrong = {"pin": "2741", "again": "2741", "password": "wrong-password-1"}
    assert client.post("/accounts/pin/", wrong).status_code == 422
    assert client.post("/accounts/pin/", {**wrong, "again": "2742"}).status_code == 422
    weak = client.post("/accounts/pin/", {"pin": "1111", "again": "1111", "password": PASSWORD})
    assert "太简单" in weak.content.decode()
    assert client.post("/accounts/pin/", {**wrong, "password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=bob.pk).pin


def test_every_page_of_the_account_renders(bob):
    client = Client()
    sign_in("bob", client=client)
    pages = ["pin/", "logout/", "reauthenticate/", "password/change/", "2fa/", "2fa/totp/activate/"]
    for path in [*pages, "2fa/webauthn/", "2fa/webauthn/add/"]:
        response = client.get(f"/accounts/{path}")
        assert response.status_code == 200, path
        assert "<h1" in response.content.decode()


def test_who_came_with_a_slip_may_set_a_pin_and_a_password(town):
    user = actions.make_user(by=SYSTEM, username="part-timer", name="丁")
    _slip, secret = actions.make_slip(by=SYSTEM, user=user)
    client = Client()
    client.post(f"/accounts/slip/{secret}/")
    assert client.post("/accounts/pin/", {"pin": "2741", "again": "2741"}).status_code == 302
    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    page = client.get("/accounts/password/set/").content.decode()
    assert "新密码" in page
    new = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/set/", new).status_code == 302
    assert client.get("/anybody/").status_code == 200
    assert sign_in("part-timer").status_code == 302


def test_the_second_step_of_sign_in_takes_a_right_code(bob):
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(bob, secret)
    client = Client()
    page = client.get(sign_in("bob", client=client).headers["Location"]).content.decode()
    assert "第二步" in page and "验证码" in page
    code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/desk/").content == b"desk"
    assert '"how":"password+mfa"' in Entry.objects.get(verb="user.signed_in").data
    assert client.get("/accounts/2fa/reauthenticate/").status_code == 200


@pytest.mark.parametrize(
    ("role", "start"),
    [("window_clerk", "/desk/"), ("finance", "/board/"), ("security_admin", "/manage/"), ("", "/desk/")],
)
def test_a_day_begins_where_the_role_has_something_to_do(town, role, start):
    factories.make_user(role, region=town.regions[NORTH], username="anna")
    client = Client()
    assert sign_in("anna", client=client).headers["Location"] == start


def test_a_code_is_good_once_whatever_process_takes_it(bob):
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(bob, secret)
    code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
    answers = []
    for typed in (code, f"{code[:3]} {code[3:]}"):
        cache.clear()  # another process has a cache of its own
        client = Client()
        sign_in("bob", client=client)
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": typed}).status_code)
    assert answers == [302, 200]


def test_the_old_password_cannot_be_guessed_in_an_open_session(bob):
    client = Client()
    client.force_login(bob)
    new = {"password1": "tian-tun-jie-dao-5", "password2": "tian-tun-jie-dao-5"}
    for _n in range(5):
        page = client.post("/accounts/password/change/", {"oldpassword": "wrong", **new}).content.decode()
        assert "现在的密码不对" in page
    page = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new}).content.decode()
    assert "已暂时锁定" in page
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)


def test_the_chinese_face_of_sign_in_has_no_english(bob):
    client = Client(headers={"Accept-Language": "zh-CN"})
    sign_in("bob", client=client)
    for path in ("2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "password/change/", "reauthenticate/"):
        main = BeautifulSoup(client.get(f"/accounts/{path}").content, "lxml").find("main")
        for tag in main.find_all(["code", "script", "noscript"]):
            tag.decompose()
        words = set(re.findall(r"[A-Za-z]{2,}", main.get_text())) - {"TOTP", "USB"}
        assert not words, (path, words)


# ── commands ──


def test_issue_key_prints_the_key_alone_on_the_last_line():
    out = StringIO()
    call_command("issue_key", "12345", stdout=out)
    secret = out.getvalue().rstrip("\n").split("\n")[-1]
    assert key_for(secret).partner == Partner.objects.get(code="12345")
    again = StringIO()
    call_command("issue_key", "12345", stdout=again)
    assert again.getvalue() != out.getvalue()
    assert Partner.objects.count() == 1


def test_a_flood_is_answered_in_plain_words(rf):
    from mingbai.web.auth.views import too_many

    response = too_many(rf.get("/"))
    assert response.status_code == 429 and "请等一分钟再试" in response.content.decode()
