"""Screen pop: from the first ring until the call with the caller's earlier matters stands on the page."""

import json
from typing import Any

from tests.bench.rows import Database
from tests.bench.world import World

CASES, RINGS = 1_000_000, 60
PHONE = "13800009999"
_PEOPLE = """
CREATE TEMP TABLE seen AS SELECT id FROM cases_case WHERE speaker_id IS NULL;
INSERT INTO cases_resident (id, key, name_sealed, phone_sealed, id_number_sealed, name_hash, phone_hash,
 id_hash, phone_of, created_at)
 SELECT id, randomblob(45), x'', randomblob(40), x'', '', lower(hex(randomblob(16))), '', 'own',
 '2022-01-01 00:00:00' FROM seen WHERE id % 3 = 0;
UPDATE cases_case SET speaker_id = id - id % 3 WHERE speaker_id IS NULL AND id >= 3
 AND id - id % 3 IN (SELECT id FROM cases_resident);
ANALYZE;
"""
"""Whose matters the many are: each person has three, under a number of their own."""
_EARLIER = """
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import SYSTEM
from mingbai.hotline.queries.live import line_station
for n in range(%(earlier)d):
    open_case(by=SYSTEM, intake=Intake(
        kind="consultation", channel=Channel.HOTLINE, text=f"老板拖欠工资，第{n}次来问。",
        region="210402000000", keep_at=line_station() or "",
        speaker=Person(phone="%(phone)s"), source="bench", idempotency_key=f"pop:{n}",
    ))
"""
EARLIER = 12
_RING = """
import http.client, json, random, re, time
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import seats, switch
from mingbai.hotline.enums import Busy, Step
from mingbai.hotline.queries.live import line_station
from mingbai.people.actions import register_worker
from mingbai.people.actions.grants import grant
from mingbai.people.actions.users import make_user
from mingbai.places.models import Station
station = Station.objects.select_related("region").get(pk=line_station())
terms = {"post": "hotline_agent", "region": station.region, "station": station}
worker = register_worker(by=SYSTEM, name=f"测量坐席{time.time_ns() %% 1000}", **terms)
user = make_user(by=SYSTEM, username=f"pop{time.time_ns()}", name="测量坐席", password=None, worker=worker)
grant(by=SYSTEM, user=user, role="hotline_agent", station=station)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
seat = f"seat-{1 + time.time_ns() %% 90}"
seats.sign_in(by=SYSTEM, worker=worker, station=station.pk, name=seat, voice="browser")
seats.say(by=SYSTEM, worker=worker, state="ready")
link = http.client.HTTPConnection("127.0.0.1", %(port)d, timeout=20)
headers = {"Cookie": "sessionid=" + session.session_key, "HX-Request": "true", "X-Live": "1"}

def get(path):
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    return answer.status, answer.read().decode()

def strip(version):
    status, text = get("/seat/strip/?v=" + version)
    if status == 204:
        return version, ""
    assert status == 200, (status, text[:300])
    return re.search(r"v=([0-9a-f]+)", text)[1], (re.search(r'data-call="([^"]*)"', text) or ["", ""])[1]

taken, rng, matters = [], random.Random(1), 0
for n in range(%(rings)d + 5):
    version, shown = strip("")
    now, key = timezone.now(), f"pop.{seat}.{n}"
    page_asks = time.perf_counter() + rng.uniform(0, %(every)f)  # the page asks at its own time
    first = time.perf_counter()
    switch.offer(by=SYSTEM, station=station.pk, key=key, at=now, number="%(phone)s", dialled="12348")
    switch.note(by=SYSTEM, key=key, step=Step.QUEUED, at=now)
    switch.note(by=SYSTEM, key=key, step=Step.RINGING, at=now, seat=seat)
    switch.sit(by=SYSTEM, station=station.pk, seat=seat, busy=Busy.RINGING, at=now, key=key)
    while True:
        time.sleep(max(0.0, page_asks - time.perf_counter()))
        version, shown = strip(version)
        if shown:
            break
        page_asks += %(every)f
    status, page = get(shown)
    took = time.perf_counter() - first
    assert status == 200
    matters = max(matters, page.count("/desk/cases/"))
    if n >= 5:
        taken.append(took)
    switch.note(by=SYSTEM, key=key, step=Step.ENDED, at=timezone.now(), why="caller")
    switch.sit(by=SYSTEM, station=station.pk, seat=seat, busy=Busy.FREE, at=timezone.now())
taken.sort()
print(json.dumps({
    "p50_ms": round(1000 * taken[len(taken) // 2]), "p95_ms": round(1000 * taken[int(0.95 * len(taken))]),
    "max_ms": round(1000 * taken[-1]), "rings": len(taken), "links_to_earlier_matters": matters,
}))
"""
EVERY = 0.4
"""As often as the strip of the page asks (templates/seat/_strip.html)."""


def people(world: World, database: Database, phone: str = PHONE) -> None:
    """Gives the matters of a filled city their people; one of them calls, and has a dozen."""
    link = database.connect()
    if not link.execute("SELECT 1 FROM cases_resident LIMIT 1").fetchone():
        link.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;" + _PEOPLE)
    link.close()
    world.manage("shell", "-v", "0", "-c", _EARLIER % {"earlier": EARLIER, "phone": phone})


def measure(world: World, phone: str = PHONE) -> dict[str, Any]:
    """Milliseconds over many rings; the page asks at its own times, which is what a second screen sees."""
    with world.server() as server:
        server.calm()
        script = _RING % {"port": server.port, "rings": RINGS, "phone": phone, "every": EVERY}
        found: dict[str, Any] = json.loads(world.manage("shell", "-v", "0", "-c", script).splitlines()[-1])
    return found
