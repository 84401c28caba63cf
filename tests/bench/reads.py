"""Work list, search by phone and case page at 10,000 and at 1,000,000 cases: same clerk, same pages."""

import json
from collections.abc import Iterator
from typing import Any

from tests.bench import intake, load, pop, rows
from tests.bench.crowd import fill
from tests.bench.world import World

SMALL, LARGE = 10_000, 1_000_000
REQUESTS = 300
CONNECTIONS = 2
"""A small load: the question is how the pages grow with the cases, not how many clerks a machine carries."""

SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from mingbai.core.actor import SYSTEM
from mingbai.people.actions.grants import grant
from mingbai.people.actions.users import make_user
from mingbai.places.models import Station
from mingbai.places.queries import register
import json
user = make_user(by=SYSTEM, username="bench", name="测量员", password=None)
grant(by=SYSTEM, user=user, role="window_clerk", station=Station.objects.get(code="210402000000"))
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
places = register()
stations = [(s.code, places.city_of(s.region), places.county_of(s.region)) for s in places.stations.values()]
print(json.dumps({"session": session.session_key, "stations": stations}))
"""


def measure(world: World, database: rows.Database, key: str, large: int = LARGE) -> dict[str, Any]:
    """p95 of each page at both sizes, and the ratio of the two."""
    said = json.loads(world.manage("shell", "-v", "0", "-c", SIGN_IN).splitlines()[-1])
    headers = {"Authorization": f"Bearer {key}"}
    with world.server() as server:
        sample = rows.written_by(database, lambda: intake.one(server, headers))
    number = dict(sample)["cases_case"]["number"]
    cookie = {"Cookie": f"sessionid={said['session']}"}
    fill(database, sample, SMALL, said["stations"])
    small = _pages(world, cookie, number)
    fill(database, sample, large - SMALL, said["stations"], first=SMALL)
    much = _pages(world, cookie, number)
    growth = {page: round(much[page] / small[page], 2) for page in small}
    return {
        "ratio": max(growth.values()),
        "growth": growth,
        "p95_ms": {f"{SMALL} cases": small, f"{large} cases": much},
        "screen_pop": pop.measure(world),
    }


def _pages(world: World, cookie: dict[str, str], number: str) -> dict[str, float]:
    pages = {
        "work_list": "/desk/",
        "search_by_phone": "/desk/search/?q=13800009999",
        "case_page": f"/desk/cases/{number}/",
    }
    with world.server() as server:
        return {name: _p95(server.port, path, cookie) for name, path in pages.items()}


def _p95(port: int, path: str, cookie: dict[str, str]) -> float:
    def requests(count: int) -> Iterator[bytes]:
        return (load.get(path, cookie) for _each in range(count))

    load.run(port, lambda: requests(20), CONNECTIONS)
    result = load.run(port, lambda: requests(REQUESTS), CONNECTIONS)
    if set(result.statuses) != {200}:
        raise SystemExit(f"{path} answered {dict(result.statuses)}")
    return round(result.percentile(0.95), 1)
