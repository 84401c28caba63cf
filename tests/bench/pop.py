"""Screen pop: from the first ring until the call with the caller's earlier matters stands on the page."""

import json
from typing import Any

from tests.bench.world import World

RINGS = 60
PHONE = "13800009999"
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
worker = register_worker(by=SYSTEM, name="测量坐席", **terms)
user = make_user(by=SYSTEM, username="pop", name="测量坐席", password=None, worker=worker)
grant(by=SYSTEM, user=user, role="hotline_agent", station=station)
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
seats.sign_in(by=SYSTEM, worker=worker, station=station.pk, name="seat-1", voice="browser")
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
    now, key = timezone.now(), f"pop.{n}"
    page_asks = time.perf_counter() + rng.uniform(0, %(every)f)  # the page asks at its own time
    first = time.perf_counter()
    switch.offer(by=SYSTEM, station=station.pk, key=key, at=now, number="%(phone)s", dialled="12348")
    switch.note(by=SYSTEM, key=key, step=Step.QUEUED, at=now)
    switch.note(by=SYSTEM, key=key, step=Step.RINGING, at=now, seat="seat-1")
    switch.sit(by=SYSTEM, station=station.pk, seat="seat-1", busy=Busy.RINGING, at=now, key=key)
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
    switch.sit(by=SYSTEM, station=station.pk, seat="seat-1", busy=Busy.FREE, at=timezone.now())
taken.sort()
print(json.dumps({
    "p50_ms": round(1000 * taken[len(taken) // 2]), "p95_ms": round(1000 * taken[int(0.95 * len(taken))]),
    "max_ms": round(1000 * taken[-1]), "rings": len(taken), "links_to_earlier_matters": matters,
}))
"""
EVERY = 0.4
"""As often as the strip of the page asks (templates/seat/_strip.html)."""


def measure(world: World, phone: str = PHONE) -> dict[str, Any]:
    """Milliseconds over many rings; the page asks at its own times, which is what a second screen sees."""
    with world.server() as server:
        script = _RING % {"port": server.port, "rings": RINGS, "phone": phone, "every": EVERY}
        found: dict[str, Any] = json.loads(world.manage("shell", "-v", "0", "-c", script).splitlines()[-1])
    return found
