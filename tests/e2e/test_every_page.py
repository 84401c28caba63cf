"""Every page of the house, found by walking the addresses, as somebody who may see it: axe finds nothing,
nothing is wider than the screen."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import URLPattern
from playwright.sync_api import Error, Page

from mingbai.people.models import User
from mingbai.people.roles import ROLES, Permission, RoleCode
from tests.cases.factories import NORTH, TOWN, City
from tests.e2e.conftest import Opened
from tests.e2e.test_public import violations
from tests.web.addresses import address, walk
from tests.web.desk.pages import signed_in
from tests.web.world import World, make_world

AREAS = {
    "public": ("public:", "api_docs"),
    "kiosk": ("kiosk:",),
    "knowledge": (
        "manage:keeping",
        "manage:guide",
        "manage:answer",
        "manage:synonym",
        "manage:topic",
        "manage:law",
        "manage:search",
    ),
    "desk": ("desk:", "board:"),
    "days": ("days:", "village:", "phone:"),
    "aid": ("aid:", "filings:"),
    "door": ("door:", "screen:"),
    "mediation": ("mediation:",),
    "pay": ("pay:",),
    "oversight": ("oversight:",),
    "line": ("seat:", "wechat:"),
    "net": (
        "manage:order",
        "manage:endpoint",
        "manage:group",
        "manage:outbox",
        "manage:resend",
        "manage:notice",
        "manage:way",
        "manage:wording",
    ),
    "papers": ("manage:paper", "manage:letterhead"),
    "places": ("manage:home", "manage:region", "manage:station", "manage:transfer", "manage:area"),
    "people": ("manage:organ", "manage:worker", "manage:absence", "manage:roster", "manage:duty"),
    "users": (
        "manage:user",
        "manage:grant",
        "manage:factor",
        "manage:revoke",
        "manage:partner",
        "manage:key",
    ),
    "rules": (
        "manage:deadline",
        "manage:routing",
        "manage:calendar",
        "manage:try",
        "manage:closure",
        "manage:dated",
    ),
    "rest": (
        "manage:partner",
        "manage:key",
        "manage:slips",
        "manage:sheet",
        "manage:audit",
        "manage:verify",
        "manage:seals",
    ),
    "account": ("auth:", "account_", "mfa_"),
}
NO_PAGES = ("api:", "api_hook", "api_call_hook", "set_language", "None")
CITY_WIDE = {
    Permission.PLACES_EDIT,
    Permission.RULES_EDIT,
    Permission.PARTNERS_EDIT,
    Permission.USERS_EDIT,
    Permission.KNOWLEDGE_EDIT,
}
VERBS = ("take_up answer ask note offer convert refuse withdraw ask_help ask_extension assign supplement "
         "show attach link merge take_back accept_handover decline_handover "
         "classify say_kind say_urgency report_risk dismiss_risk propose_answer").split()  # fmt: skip


def addresses(area: str) -> list[tuple[str, URLPattern]]:
    return [(name, pattern) for name, pattern in walk() if name.startswith(AREAS[area])]


def who(city: City, pattern: URLPattern) -> User | None:
    """Somebody whose role opens the address; None: nobody needs to sign in."""
    access = pattern.callback.access
    if access.kind != "staff":
        return None
    asked = access.permission
    if asked is None or (asked not in CITY_WIDE and asked in ROLES[RoleCode.STATION_MANAGER].permissions):
        return city.alice
    wide = [RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_ADMIN, RoleCode.AUDIT_ADMIN, RoleCode.SUPERVISOR, *ROLES]
    return city.users[next(role for role in wide if asked in ROLES[role].permissions)]


def pages(world: World, area: str) -> Iterator[tuple[str, str, User | None]]:
    """What there is to look at: address, path, and who looks at it."""
    for name, pattern in addresses(area):
        paths = [address(world, name)]
        if name == "desk:act":
            paths = [f"/desk/cases/{world.case.number}/{verb}/" for verb in VERBS]
        yield from ((name, path, who(world.city, pattern)) for path in paths)


def is_page(page: Page, path: str) -> bool:
    """Opens it; False for what is no whole page: a download, a fragment."""
    try:
        answer = page.goto(path)
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return False
        raise
    assert answer is not None
    return answer.headers.get("content-type", "").startswith("text/html") and "<html" in answer.text()


def faults(page: Page, width: int, edition: str) -> list[str]:
    """The page as it stands, on a screen of this width in this edition (which the root element names)."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("edition => { document.documentElement.dataset.edition = edition }", edition)
    found = [f"{edition} {fault}" for fault in violations(page)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{edition}: wider than {width}")
    return found


def test_every_address_belongs_to_an_area() -> None:
    known = (*NO_PAGES, *(start for area in AREAS.values() for start in area))
    assert [name for name, _ in walk() if not name.startswith(known)] == []


ROUNDS = [list(AREAS)[n::7] for n in range(7)]
"""A world costs as much as thirty pages: several areas are walked in one."""


@pytest.mark.parametrize("areas", ROUNDS, ids="-".join)
def test_every_page_is_accessible(city: City, opened: Opened, areas: list[str]) -> None:
    world = make_world(city, NORTH, TOWN)
    context = opened(bypass_csp=True)  # axe is a script of the test's own
    page, last, wrong, seen = context.new_page(), None, {}, Counter[str]()
    todo = [(area, *one) for area in areas for one in pages(world, area)]
    for area, name, path, user in todo:
        if user != last:
            enter(context, user)
            last = user
        if not is_page(page, path):
            continue
        assert user is None or "/login/" not in page.url, (name, user)
        seen[area] += 1
        if found := [*faults(page, 1280, "standard"), *faults(page, 360, "elder")]:
            wrong[f"{name} {path}"] = found
    assert wrong == {}
    assert min(seen[area] for area in areas) > 3


def enter(context: object, user: User | None) -> None:
    """The browser becomes this person's."""
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    if user:
        session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost", "path": "/"}]
        )
