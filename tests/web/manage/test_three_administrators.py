"""The three administrators (三员分立): none of them can do what another guards, nor work on matters."""

import pytest
from django.urls import reverse

from mingbai.cases.models import Case
from mingbai.journal.models import Entry
from mingbai.people.models import Grant, User
from mingbai.people.roles import ADMINS, RoleCode
from tests.cases.factories import City, make_case
from tests.web.desk.pages import signed_in

SYSTEM, SECURITY, AUDIT = RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_ADMIN, RoleCode.AUDIT_ADMIN
GUARDED = {
    SYSTEM: [
        "users",
        "user_new",
        "user",
        "user_edit",
        "user_reset",
        "user_off",
        "partners",
        "partner_new",
        "deadlines",
    ],
    SECURITY: ["grants", "granted", "grant", "factor_reset"],
    AUDIT: ["audit", "verify", "seals"],
}
"""What each of them alone may open."""


def address(name: str, user: User) -> str:
    needs_user = name in {"user", "user_edit", "user_reset", "user_off", "granted", "grant", "factor_reset"}
    return reverse(f"manage:{name}", args=[user.pk] if needs_user else [])


@pytest.mark.parametrize("role", sorted(ADMINS))
def test_each_opens_what_is_theirs_and_nothing_that_another_guards(city: City, role: str) -> None:
    client = signed_in(city.users[RoleCode(role)])
    for guard, names in GUARDED.items():
        for name in names:
            wanted = 200 if guard == role else 403
            assert client.get(address(name, city.bob)).status_code == wanted, (role, name)
            if guard != role:
                assert client.post(address(name, city.bob), {"reason": "x"}).status_code == 403, (role, name)


@pytest.mark.parametrize("role", sorted(ADMINS))
def test_none_of_them_sees_a_matter_or_a_person(city: City, role: str) -> None:
    case = make_case()
    client = signed_in(city.users[RoleCode(role)])
    for url in (
        reverse("desk:case", args=[case.number]),
        reverse("desk:rights", args=[case.number, case.speaker_id]),
        reverse("desk:home"),
        reverse("board:home"),
    ):
        assert client.get(url).status_code in (403, 404), url
    assert not Case.objects.visible_to(city.users[RoleCode(role)]).exists()


def test_a_password_set_by_the_system_administrator_opens_no_other_administrators_pages(city: City) -> None:
    """It must be changed first and the second factor, which only its owner has, still stands in the way."""
    auditor = city.users[AUDIT]
    url = address("user_reset", auditor)
    assert signed_in(city.users[SYSTEM]).post(url, {"reason": "忘了密码"}).status_code in (200, 302)
    client = signed_in(User.objects.get(pk=auditor.pk))
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    answer = client.get(reverse("manage:audit"))
    assert answer.status_code == 302 and "/accounts/" in answer.url


def test_nobody_grants_themselves_anything(city: City) -> None:
    security = city.users[SECURITY]
    before = Grant.objects.count()
    sent = {"role": SYSTEM, "region": "210400000000", "place": "210400000000"}
    signed_in(security).post(address("grant", security), sent)
    assert Grant.objects.count() == before


def test_what_they_do_is_read_by_the_auditor_alone(city: City) -> None:
    signed_in(city.users[SYSTEM]).post(address("user_reset", city.bob), {"reason": "忘了密码"})
    assert Entry.objects.filter(chain=f"user:{city.bob.pk}", actor=city.users[SYSTEM].actor.code).exists()
    shown = signed_in(city.users[AUDIT]).get(reverse("manage:audit"), {"q": f"user:{city.bob.pk}"})
    assert city.users[SYSTEM].name in shown.content.decode()
