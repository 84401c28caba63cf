"""A crawler as every role, as nobody and as a partner: no server error, nothing of another county is shown.

Short with the suite; 100,000 requests by `make drill`. MINGBAI_CRAWL says how many, MINGBAI_CRAWL_SEED which.
"""

import os
import random

import pytest
from django.test import Client

from mingbai.core.actor import SYSTEM
from mingbai.people import actions as people
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, SOUTH, TOWN_SOUTH, VILLAGE, make_case, make_city
from tests.drill import FULL
from tests.drill.crawler import Crawler
from tests.web.addresses import ARGUMENTS, walk
from tests.web.desk.pages import signed_in
from tests.web.test_matrix import caller
from tests.web.world import World, make_world

pytestmark = pytest.mark.django_db
REQUESTS = int(os.environ.get("MINGBAI_CRAWL", 100_000 if FULL else 300))
SEED = int(os.environ.get("MINGBAI_CRAWL_SEED", random.randrange(10**9) if FULL else 1))
NOBODY, PARTNER = "nobody", "partner"
EVERYBODY = [NOBODY, PARTNER, *RoleCode.values]


def known_of(world: World) -> dict[str, list[object]]:
    """Values that lead somewhere, by the name of the argument: from the other county, and from the own."""
    found: dict[str, list[object]] = {}
    for arguments in ARGUMENTS.values():
        for name, value in arguments(world).items():
            found.setdefault(name, []).append(value)
    own = make_case(text="自己区的诉求", region=VILLAGE)
    found.setdefault("number", []).extend([own.number] * 20)
    found.setdefault("code", []).extend([NORTH, VILLAGE])
    return found


def client_of(who: str, world: World) -> Client:
    if who == NOBODY:
        return Client()
    if who == PARTNER:
        key = people.issue_key(by=SYSTEM, partner=world.city.partner)
        return Client(headers={"Authorization": f"Bearer {key}"})
    return signed_in(caller(who))


@pytest.mark.timeout(0 if FULL else 300)
def test_nobody_finds_an_error_or_what_is_not_theirs():
    world = make_world(make_city(), SOUTH, TOWN_SOUTH)
    known, wrong, statuses = known_of(world), [], {}
    for who in EVERYBODY:
        crawler = Crawler(
            client_of(who, world), random.Random(f"{SEED} {who}"), list(walk()), known,
            frozenset(world.secrets), links=["/", "/desk/", "/board/", "/manage/", "/seat/"],
        )  # fmt: skip
        crawler.crawl(REQUESTS // len(EVERYBODY) + 1)
        wrong += [f"{who}: {one}" for one in crawler.wrong]
        print(f"{who}: {sum(crawler.statuses.values())} requests, {len(crawler.wrong)} wrong", flush=True)
        for status, count in crawler.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    counted = f"{sum(statuses.values())} requests of {len(EVERYBODY)} callers"
    print(f"seed {SEED}: {counted}, {dict(sorted(statuses.items()))}")
    assert statuses[200] > REQUESTS / 5, "it would prove nothing if every door were shut"
    assert not wrong, f"{len(wrong)} of seed {SEED}:\n" + "\n\n".join(wrong[:20])
