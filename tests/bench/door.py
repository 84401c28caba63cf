"""The door: 200 people and 100 times, a month of slots, a call on 20 displays.

`measure(world)` runs this module in processes of its own with the world's database (`inside`, `hall`).
"""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from tests.bench.world import ROOT, Server, World

CROWD, TIMES, AT_ONCE = 200, 100, 8
"""As many at once as the server gives the database threads: what comes more waits before it."""
SCREENS, CALLS = 20, 9
BOOKING_LIMIT, SLOTS_LIMIT, QUERIES_LIMIT, CALL_LIMIT = 1.0, 0.050, 6, 0.5
"""Seconds, seconds, queries, seconds."""


def measure(world: World) -> dict[str, Any]:
    """Needs a founded world. `ratio`: the limit of a booking ÷ its p95, above one is good."""
    told = dict(json.loads(_inside(world, "inside")))
    prepared = dict(json.loads(_inside(world, "hall")))
    with world.server() as server:
        told |= _calls(server, prepared)
    told["reached"] = (
        told["booked"] == TIMES
        and told["booked_twice"] == 0
        and told["booking_p95_s"] <= BOOKING_LIMIT
        and told["slots_of_a_month_s"] <= SLOTS_LIMIT
        and told["slots_queries"] <= QUERIES_LIMIT
        and told["call_on_screen_most_s"] <= CALL_LIMIT
    )
    return {"ratio": round(BOOKING_LIMIT / max(told["booking_p95_s"], 0.001), 2), **told}


def _inside(world: World, what: str) -> str:
    command = [sys.executable, "-m", "tests.bench.door", what]
    environment = {**world.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[-1]


# ── in a process with the database ──


def inside() -> dict[str, Any]:
    """Slots of a month of thirty openings a day, then the crowd at another opening's hundred times."""
    from datetime import time as clock
    from datetime import timedelta

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from mingbai.visits.queries.slots import book, openings_of

    station, day = _station(), _workday()
    for n in range(30):
        _opening(station, receives=f"律师{n}", minutes=15, starts=clock(8, 30), ends=clock(11, 30))
    there = openings_of([station.pk])
    book(there, day, day)  # the registers are in memory by then, as in a house that works
    took = []
    for _n in range(5):
        with CaptureQueriesContext(connection) as asked:
            begun = time.perf_counter()
            found = book(there, day, day + timedelta(days=30))
            took.append(time.perf_counter() - begun)
    return {
        "slots": len(found.slots),
        "slots_of_a_month_s": round(min(took), 4),
        "slots_queries": len(asked),
        **_crowd(station, day),
    }


def _crowd(station: Any, day: Any) -> dict[str, Any]:
    """Two people want each of the hundred times, so many at once as the house has threads for."""
    from datetime import time as clock

    from django.db import connection

    from mingbai.core.actor import RESIDENT
    from mingbai.core.refused import Refused
    from mingbai.visits.actions.bookings import Wish, take_slot
    from mingbai.visits.models import Visit
    from mingbai.visits.queries.slots import book
    from mingbai.visits.rules.visits import Visitor

    opening = _opening(station, receives="窗口", minutes=5, starts=clock(9), ends=clock(17, 20))
    times = [slot.starts_at for slot in book([opening], day, day).slots]
    said: Counter[str] = Counter()
    seconds: list[float] = []
    barrier = Barrier(AT_ONCE)

    def run(first: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        for n in range(first, CROWD, AT_ONCE):
            visitor, at = Visitor(name=f"某{n}"), times[n // 2]
            wish = Wish(opening.pk, at, "consultation", visitor, client_key=f"bench-{n}")
            begun = time.perf_counter()
            try:
                take_slot(by=RESIDENT, wish=wish)
                said["booked"] += 1
            except Refused as refused:
                said[str(refused.code)] += 1
            seconds.append(time.perf_counter() - begun)
        connection.close()

    connection.close()  # a pool has as many as there are threads: ours is one of theirs
    threads = [Thread(target=run, args=(n,)) for n in range(AT_ONCE)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = list(Visit.objects.filter(opening=opening).values_list("starts_at", "seat"))
    ordered = sorted(seconds)
    return {
        "people": CROWD,
        "times": len(times),
        "booked": len(kept),
        "booked_twice": len(kept) - len(set(kept)),
        "refused": said["slot_taken"],
        "booking_p50_s": round(ordered[len(ordered) // 2], 3),
        "booking_p95_s": round(ordered[int(0.95 * len(ordered))], 3),
        "booking_all_s": round(time.perf_counter() - begun, 2),
    }


def hall() -> dict[str, Any]:
    """A clerk at window 3 with people waiting; the session and where they sit."""
    from mingbai.core.actor import SYSTEM
    from mingbai.people.roles import RoleCode
    from mingbai.visits.actions.tickets import take_ticket
    from tests.people.factories import make_clerk
    from tests.web.desk.pages import signed_in

    station = _station()
    client = signed_in(make_clerk(station, "bench-clerk", "测", RoleCode.WINDOW_CLERK))
    session = client.session
    session["door_window"] = 3
    session.save()
    for _n in range(CALLS):
        take_ticket(
            by=SYSTEM, station=station, line="consultation", channel="window", by_staff=True
        )  # whatever the hour
    return {"session": session.session_key, "station": station.pk}


def _station() -> Any:
    from mingbai.places import actions as places
    from mingbai.places.models import Station

    station = Station.objects.filter(tier="county_centre").select_related("region").order_by("pk")[0]
    if not station.is_built:
        Station.objects.filter(pk=station.pk).update(is_built=True)
        places.touch(by=_system())
    return station


def _system() -> Any:
    from mingbai.core.actor import SYSTEM

    return SYSTEM


def _workday() -> Any:
    from django.utils import timezone

    from mingbai.places.queries import register

    return register().workdays.add_workdays(timezone.localdate(), 2)


def _opening(station: Any, **values: Any) -> Any:
    from django.utils import timezone

    from mingbai.visits.actions.openings import set_opening
    from mingbai.visits.rules.openings import Terms

    lines = {"lines": ("consultation",), "weekdays": tuple(range(7)), "first_on": timezone.localdate()}
    return set_opening(by=_system(), station=station, terms=Terms(kind="booking", **{**lines, **values}))


# ── from the click to the displays ──


def _calls(server: Server, prepared: dict[str, str]) -> dict[str, Any]:
    """The clerk clicks; each display hears it, asks for its middle part and has the number: seconds."""
    seen: list[float] = []
    streams = [Display(server.port, prepared["station"]) for _n in range(SCREENS)]
    for one in streams:
        one.middle()  # its page was drawn when it was switched on
    for one in streams:
        one.until(lambda _text: True)
    time.sleep(1.0)  # the poll has begun
    clerk = Clerk(server.port, prepared["session"])
    for _n in range(CALLS):
        clerk.ready()
        done: list[float] = []
        threads = [Thread(target=lambda one=one, done=done: done.append(one.shows())) for one in streams]
        for thread in threads:
            thread.start()
        begun = time.perf_counter()
        clerk.next()
        for thread in threads:
            thread.join(10)
        seen += [at - begun for at in done]
        clerk.serve()
        time.sleep(0.3)
        for one in streams:
            one.drain()
    ordered = sorted(seen)
    return {
        "screens": SCREENS,
        "calls": CALLS,
        "call_on_screen_p50_s": round(ordered[len(ordered) // 2], 3),
        "call_on_screen_p95_s": round(ordered[int(0.95 * len(ordered))], 3),
        "call_on_screen_most_s": round(ordered[-1], 3),
    }


class Display:
    """One open stream of a hall, and the page part that it asks for."""

    def __init__(self, port: int, station: str) -> None:
        self.port, self.station, self.text = port, station, b""
        self.socket = socket.create_connection(("127.0.0.1", port + 1), timeout=20)
        self.socket.sendall(f"GET /live/hall/{station}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def until(self, true: Callable[[bytes], bool]) -> None:
        while True:
            self.text += self.socket.recv(4096)
            if true(self.text):
                return

    def drain(self) -> None:
        """What came meanwhile is no answer to the next call."""
        self.socket.settimeout(0.01)
        try:
            while self.socket.recv(4096):
                pass
        except TimeoutError:
            pass
        self.socket.settimeout(20)
        self.text = b""

    def shows(self) -> float:
        """When the called number stood on this display."""
        self.text = b""
        self.until(lambda text: b"data:" in text)
        while True:
            if b"data-call" in self.middle():
                return time.perf_counter()

    def middle(self) -> bytes:
        """What stands on it now."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        link.request("GET", f"/screen/{self.station}/now/")
        return link.getresponse().read()


class Clerk:
    """The desk at a window, by HTTP as a browser does."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.cookies = port, {"sessionid": session}
        self.visit, self.token = "", ""

    def _ask(self, method: str, path: str, body: str = "") -> str:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.token,
        }
        link.request(method, path, body, headers)
        answer = link.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.read().decode()

    def ready(self) -> None:
        page = self._ask("GET", "/desk/door/")
        self.token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    def next(self) -> None:
        self._ask("POST", "/desk/door/next/")

    def serve(self) -> None:
        page = self._ask("GET", "/desk/door/")
        called = page.split('href="/desk/door/visits/')[1].split("/")[0]
        self._ask("POST", f"/desk/door/visits/{called}/served/", "line=consultation&outcome=answered")


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps({"inside": inside, "hall": hall}[sys.argv[1]]()))
