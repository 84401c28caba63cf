"""The line under load: a real Asterisk, sipp at both ends, our process, and Asterisk's own Queue() beside it.

Three rounds on one exchange, each from INVITE to the 200 of the agent's telephone (which rings for 0.2 s):
Queue() with recording, our line with recording (a hundred calls at once, voice both ways), and forty short
calls a second without voice. Nothing of ours answers a call in the Queue() round.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import telephones as scenarios
from tests.bench.world import ROOT, World, cpu_of
from tests.sipp import alaw, pbx

AGENTS, RING_MS = 100, 200
CROWD = {"calls": 200, "rate": 10, "talk_ms": 10_000}
SHORT = {"calls": 800, "rate": 40, "talk_ms": 1_500}
_LINE = """
import uvloop
from django.conf import settings
from mingbai.hotline.queries.live import line_station
from mingbai.hotline.rules.queue import Policy
from mingbai.integrations.asterisk.client import Ari
from mingbai.integrations.asterisk.process import Hotline
line = Hotline(Ari(settings.PBX_URL, settings.PBX_PASSWORD), line_station(), Policy(wrap=0.0, ring=20.0))
uvloop.run(line.run())
"""
_SEATS = f"""
from django.utils import timezone
from mingbai.core.actor import SYSTEM
from mingbai.hotline.models import Seat
from mingbai.hotline.queries.live import line_station
from mingbai.people.actions import register_worker
from mingbai.places.models import Station
station = Station.objects.select_related("region").get(pk=line_station())
for n in range(1, {AGENTS} + 1):
    worker = register_worker(
        by=SYSTEM, name=f"坐席{{n}}", post="hotline_agent", region=station.region, station=station
    )
    Seat.objects.create(
        station=station, name=f"phone-{{n}}", voice="phone", worker=worker, state="ready",
        since=timezone.now(), signed_in_at=timezone.now(),
    )
"""
_COUNT = """
import json, time
from mingbai.hotline.models import Call
from django.db.models import Count, Q
from mingbai.journal.models import Entry
for _each in range(90):
    found = Call.objects.aggregate(
        calls=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)),
        ended=Count("pk", filter=Q(ended_at__isnull=False)), kept=Count("pk", filter=Q(recording="kept")),
        due=Count("pk", filter=Q(recording="due")), missing=Count("pk", filter=Q(recording="missing")),
    )
    if found["ended"] == found["calls"] and not found["due"]:
        break
    time.sleep(1)
print(json.dumps(found))
"""


def measure(world: World) -> dict[str, Any]:
    """Counts, seconds and shares of one core; `ratio` is ours to Queue() at p95."""
    world.found()
    world.manage("shell", "-v", "0", "-c", _SEATS)
    folder = world.folder / "sipp"
    folder.mkdir()
    with _exchange(world.folder / "pbx") as exchange:
        field = Field(exchange, folder)
        queue = field.round("12349", CROWD, voice=True)
        with _line(world, exchange) as ours:
            crowd = field.round("12348", CROWD, voice=True, also=ours)
            short = field.round("12348", SHORT, voice=False, also=ours)
            counts = _counts(world)
    waits = {"queue": queue.pop("seconds"), "ours": crowd.pop("seconds")}
    short.pop("seconds")
    return {
        "ratio": round(_p95(waits["ours"]) / _p95(waits["queue"]), 2),
        "p95_over_queue_ms": round(1000 * (_p95(waits["ours"]) - _p95(waits["queue"])), 1),
        "cpu_of_ours_to_asterisk": round(crowd["cpu_ours"] / crowd["cpu_asterisk"], 2),
        "queue": queue,
        "hundred_at_once": crowd,
        "forty_a_second": short,
        "in_the_table": counts,
    }


def _p95(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else float("nan")


# ── the exchange, with Queue() beside our application ──


@contextmanager
def _exchange(home: Path) -> Iterator[pbx.Pbx]:
    """As an operator has it, and a queue of the same telephones under another number."""
    home.mkdir()
    exchange = pbx.prepare(home, seats=1, phones=AGENTS, one_port=True)
    etc = home / "etc"
    members = "\n".join(f"member => PJSIP/phone-{n}" for n in range(1, AGENTS + 1))
    (etc / "queues.conf").write_text(
        "[general]\npersistentmembers = no\nautofill = yes\nshared_lastcall = no\n"
        "[bench]\nstrategy = leastrecent\ntimeout = 20\nretry = 1\nwrapuptime = 0\nringinuse = no\n"
        f"musicclass = default\nmonitor-format = wav\n{members}\n"
    )
    with (etc / "modules.conf").open("a") as file:
        file.write("load = app_queue.so\nload = app_mixmonitor.so\n")
    dialled = (
        "exten => 12349,1,Set(CDR_PROP(disable)=1)\n same => n,Answer()\n same => n,Queue(bench,,,,300)\n"
    )
    plan = etc / "extensions.conf"
    plan.write_text(plan.read_text().replace("[trunk]\n", f"[trunk]\n{dialled} same => n,Hangup()\n", 1))
    try:
        pbx.launch(exchange)
        yield exchange
    finally:
        if exchange.pid:
            pbx.halt(exchange)


@contextmanager
def _line(world: World, exchange: pbx.Pbx) -> Iterator[int]:
    """Our process; its id."""
    code = f"import django; django.setup()\n{_LINE}"
    env = {**world.env, **exchange.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    with (world.folder / "line.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            time.sleep(4)
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


# ── telephones ──


@dataclass
class Field:
    """sipp at both ends of one exchange."""

    exchange: pbx.Pbx
    folder: Path
    rounds: int = 0

    def round(self, number: str, load: dict[str, int], *, voice: bool, also: int = 0) -> dict[str, Any]:
        """So many calls at such a rate; seconds from INVITE to the agent's 200, and what it cost."""
        self.rounds += 1
        names = [self.folder / f"{self.rounds}-{side}" for side in ("agents", "callers")]
        agents = self._start(names[0], "agents", number, load, voice=voice)
        time.sleep(1)
        before, started = cpu_of(self.exchange.pid), time.monotonic()
        ours = cpu_of(also) if also else 0.0
        callers = self._start(names[1], "callers", number, load, voice=voice)
        failed = callers.wait(280)
        wall = time.monotonic() - started
        costs = {"cpu_asterisk": round((cpu_of(self.exchange.pid) - before) / wall, 3)}
        if also:
            costs["cpu_ours"] = round((cpu_of(also) - ours) / wall, 3)
        agents.kill()
        agents.wait()
        called, answered = _moments(names[1]), _moments(names[0])
        seconds = [answered[one] - at for one, at in called.items() if one in answered]
        return {
            "calls": len(called),
            "answered": len(seconds),
            "sipp_exit": failed,
            "p50_ms": round(1000 * sorted(seconds)[len(seconds) // 2], 1) if seconds else None,
            "p95_ms": round(1000 * _p95(seconds), 1),
            "max_ms": round(1000 * max(seconds, default=0.0), 1),
            **costs,
            "seconds": seconds,
        }

    def _start(
        self, name: Path, side: str, number: str, load: dict[str, int], *, voice: bool
    ) -> subprocess.Popen[bytes]:
        tone = self.folder / f"{side}.alaw"
        alaw(tone, 600 if side == "callers" else 900)
        name.mkdir()
        make: Callable[..., str] = getattr(scenarios, side)
        (name / "scenario.xml").write_text(
            make(number=number, talk_ms=load["talk_ms"], ring_ms=RING_MS, tone=str(tone) if voice else "")
        )
        words = self._callers(name, load) if side == "callers" else self._agents()
        media = {"agents": 40_000, "callers": 44_000}[side]
        command = [*pbx.program(pbx.pbx_root(), "usr/bin/sipp"), "-sf", "scenario.xml", "-nostdin"]
        command += ["-i", "127.0.0.1", "-mp", str(media), "-min_rtp_port", str(media)]
        command += ["-max_rtp_port", str(media + 3_000), "-trace_logs", "-log_file", "moments.log"]
        command += ["-trace_err", "-error_file", "errors.log", *words]
        with (name / "out").open("wb") as out:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=name)

    def _callers(self, name: Path, load: dict[str, int]) -> list[str]:
        """Each with a mobile number of its own."""
        rows = "".join(f"139{self.rounds}{n:07d}\n" for n in range(load["calls"]))
        (name / "numbers.csv").write_text("SEQUENTIAL\n" + rows)
        port = str(pbx.free_port(pbx.socket.SOCK_DGRAM))
        target = f"127.0.0.1:{self.exchange.sip_port}"
        limit = str(AGENTS) if load is CROWD else str(load["calls"])
        return [
            "-inf",
            "numbers.csv",
            "-m",
            str(load["calls"]),
            "-r",
            str(load["rate"]),
            "-l",
            limit,
            "-p",
            port,
            target,
        ]

    def _agents(self) -> list[str]:
        return ["-p", str(self.exchange.phone_ports[0]), f"127.0.0.1:{self.exchange.sip_port}"]


def _moments(name: Path) -> dict[str, float]:
    """When what was logged happened, by the caller's number."""
    text = (name / "moments.log").read_text("utf-8", "replace") if (name / "moments.log").exists() else ""
    found: dict[str, float] = {}
    for number, at in re.findall(r"AT (\d{11}) .*?(\d{10}\.\d+)", text):
        found.setdefault(number, float(at))
    return found


def _counts(world: World) -> dict[str, int]:
    """What is in the table, once every recording is fetched."""
    return dict(json.loads(world.manage("shell", "-v", "0", "-c", _COUNT).splitlines()[-1]))
