"""Every address × every role, nobody and a partner × an object of another county: nothing leaks."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.people import actions as people
from mingbai.people.models import Grant, User
from mingbai.people.roles import ROLES, RoleCode
from tests.cases.factories import NORTH, SOUTH, TOWN_SOUTH, make_city
from tests.people.factories import make_user
from tests.web.addresses import ARGUMENTS, NOTHING, address, walk
from tests.web.desk.pages import signed_in
from tests.web.world import World, make_world

pytestmark = pytest.mark.django_db

LAST = "None"  # the API's catch-all has no name
OF_THE_CITY = {
    "filings:system",
    "filings:out",
    "filings:in",
    "filings:field",
    "filings:codes",
    "manage:partner", "manage:partner_off", "manage:key_issue", "manage:key_revoke",
    "manage:answer", "manage:answer_publish", "manage:answer_decline", "manage:answer_withdraw",
    "manage:law", "manage:law_name", "manage:synonym_drop",
    "manage:dated", "manage:dated_entry", "manage:dated_end",
    "manage:deadline", "manage:deadline_next", "manage:deadline_end",
    "manage:routing", "manage:routing_end", "manage:calendar_year",
    "manage:sheet_in", "manage:sheet_out",
    "days:poster", "manage:paper_start",
    "board:figure", "board:cut", "board:letter_file", "board:weekly_file",
    "oversight:standard", "oversight:standard_replace",
    "manage:endpoint", "manage:endpoint_end", "manage:endpoint_resend", "manage:endpoint_key_new",
    "manage:endpoint_key_retire", "manage:partner_states", "manage:endpoint_sets", "manage:endpoint_codes",
    "desk:wechat_take", "desk:wechat_settle",
    "manage:notice", "manage:resend", "manage:way",
    "manage:wording", "manage:wording_edit", "manage:wording_reset",
}  # fmt: skip
"""Addresses whose object belongs to no county (partners, rules, the calendar, laws and answers) or is a
public fact (the notice of a published service day)."""
MAY_BE_MISSING = {"board:rows", *OF_THE_CITY}
"""What they show stands after the question mark, or is the city's and not a county's."""
OF_OTHERS = {"api:read", "api:message", "api:withdraw"}
OWN = ("auth:", "account_", "mfa_")
"""Addresses of one's own account: what they show is the caller's."""


def addresses() -> list[tuple[str, URLPattern]]:
    return list(walk())


def url_of(world: World, name: str) -> str:
    return "/api/v1/nothing" if name == LAST else address(world, name)


def access_of(name: str, pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "access", None)


def bound(name: str) -> bool:
    """Whether the address leads to an object of the other county."""
    return ARGUMENTS[name] is not NOTHING and name not in OF_THE_CITY


@pytest.fixture
def world(db: None) -> World:
    return make_world(make_city(), SOUTH, TOWN_SOUTH)


def test_every_address_has_its_example(world: World):
    names = {name for name, _ in addresses()}
    assert names - set(ARGUMENTS) == set(), "a new address: give it arguments in tests/web/addresses.py"
    assert set(ARGUMENTS) - names == set(), "an address is gone: take it out of tests/web/addresses.py"
    for name in names - {LAST}:
        assert address(world, name).startswith("/")


def told(answer: Any) -> str:
    """Everything that goes to the caller, headers included."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace") + repr(sorted(answer.headers.items()))


def leaks(world: World, url: str, answer: Any) -> list[str]:
    """Secrets in the answer; a number that the caller sent may come back to them."""
    secrets = [secret for secret in world.secrets if secret not in url]
    if world.case.number in url:
        secrets = [secret for secret in secrets if secret not in world.numbers]
    text = told(answer)
    return [secret for secret in secrets if secret in text]


def state_of(world: World) -> tuple[Any, ...]:
    """What nobody of another county may change."""
    world.case.refresh_from_db()
    chains = [world.case.chain, f"worker:{world.worker.code}", f"station:{world.station.code}"]
    chains += [
        f"region:{world.region.code}",
        f"organisation:{world.organisation.pk}",
        f"user:{world.user.pk}",
    ]
    return world.case.state, world.case.owner_id, Entry.objects.filter(chain__in=chains).count()


def caller(role: str) -> User:
    """Somebody of the north who holds this role there, and no other."""
    user = make_user(username=f"north-{role.replace('_', '-')}")
    Grant.objects.create(user=user, role=role, region_id=NORTH, valid_from=timezone.localdate())
    return User.objects.get(pk=user.pk)


def asked_of(role: str) -> list[tuple[str, URLPattern]]:
    """The addresses that this role passes the door of, and one that it does not: tests/web/test_every_door.py
    shows of every address that its door is shut to who lacks the permission, before the view is called."""
    within, shut = [], []
    for name, pattern in addresses():
        access = access_of(name, pattern)
        lacks = access is not None and access.permission and access.permission not in ROLES[role].permissions
        (shut if lacks else within).append((name, pattern))
    return within + shut[:1]


ALL_ROLES = RoleCode.values
if connection.vendor != "sqlite":  # the same rules; what a database could do otherwise shows with these
    ALL_ROLES = [RoleCode.SUPERVISOR, RoleCode.STATION_MANAGER, RoleCode.PRACTITIONER]


@pytest.mark.parametrize("role", ALL_ROLES)
def test_no_role_reaches_into_another_county(world: World, role: str):
    user, before = caller(role), state_of(world)
    client, wrong = signed_in(user), []
    for name, pattern in asked_of(role):
        access, url = access_of(name, pattern), url_of(world, name)
        for method in ("get", "post"):
            answer = getattr(client, method)(url)
            if name.startswith(OWN):
                client = signed_in(user)  # an address of the account may end the session it is asked in
            if found := leaks(world, url, answer):
                wrong.append((name, method, answer.status_code, found))
            elif not fits(name, access, role, answer.status_code):
                wrong.append((name, method, answer.status_code, "status"))
    assert wrong == []
    assert state_of(world) == before


def fits(name: str, access: Any, role: str, status: int) -> bool:
    if access is None or access.kind != "staff" or name.startswith(OWN):
        return status < 500
    if access.permission and access.permission not in ROLES[role].permissions:
        return status == 403
    if bound(name):
        return status in (403, 404, 405)
    return status in (200, 302, 400, 403, 405) or (name in MAY_BE_MISSING and status == 404)


def test_nobody_sees_more_than_the_public_pages(world: World):
    before, wrong = state_of(world), []
    for name, pattern in addresses():
        access, url = access_of(name, pattern), url_of(world, name)
        for method in ("get", "post"):
            answer = getattr(Client(), method)(url)
            if found := leaks(world, url, answer):
                wrong.append((name, method, answer.status_code, found))
            if access and access.kind == "staff":
                to_sign_in = answer.status_code == 302 and answer.url.startswith(reverse("account_login"))
                if not to_sign_in and answer.status_code != 405:
                    wrong.append((name, method, answer.status_code, "not sent to sign in"))
            elif answer.status_code >= 500:
                wrong.append((name, method, answer.status_code, "failed"))
    assert wrong == []
    assert state_of(world) == before


def test_a_key_opens_the_api_and_nothing_else(world: World):
    key = people.issue_key(by=SYSTEM, partner=world.city.partner)
    before, wrong = state_of(world), []
    for name, pattern in addresses():
        access, url = access_of(name, pattern), url_of(world, name)
        for method in ("get", "post"):
            answer = getattr(Client(headers={"Authorization": f"Bearer {key}"}), method)(url)
            if found := leaks(world, url, answer):
                wrong.append((name, method, answer.status_code, found))
            if access and access.kind == "staff" and answer.status_code not in (302, 405):
                wrong.append((name, method, answer.status_code, "a key is no sign-in"))
            if name in ("api:read", "api:message", "api:withdraw") and answer.status_code not in (
                400,
                404,
                405,
                422,
            ):
                wrong.append((name, method, answer.status_code, "another's matter"))
    assert wrong == []
    assert state_of(world) == before


@pytest.mark.parametrize("role", [RoleCode.STATION_MANAGER, RoleCode.SUPERVISOR, RoleCode.QUALITY])
def test_no_filter_of_a_list_reaches_further(world: World, role: str):
    client = signed_in(caller(role))
    sought = [("q", secret) for secret in world.secrets]
    sought += [("region", SOUTH), ("region", TOWN_SOUTH), ("station", SOUTH), ("open", world.case.number)]
    for page in ("desk:home", "desk:search", "board:home", "board:rows", "manage:workers", "manage:stations"):
        for name, value in sought:
            answer = client.get(reverse(page), {name: value, "whose": "all", "what": "open"})
            text = told(answer).replace(value, "")
            assert [secret for secret in world.secrets if secret in text] == [], (page, name, value)


def test_who_may_see_it_does(world: World):
    """The walk would prove nothing if the pages showed nobody anything."""
    client = signed_in(world.city.charlie)
    page = told(client.get(address(world, "desk:case")))
    assert NAMES & {secret for secret in world.secrets if secret in page}
    assert client.get(address(world, "desk:file")).status_code == 200


NAMES = {"慕容雪莲", "邻村的水渠改道，淹了我家三亩苞米地。"}
