"""A throw-away city with its own folder, database, key and server."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIVISIONS = ROOT / "mingbai/places/data/fushun_divisions.csv"
_LOOK = 5.0
"""Seconds between two looks at whether the processes rest."""


@dataclass
class World:
    """`url` is DATABASE_URL ("" for the embedded SQLite)."""

    folder: Path
    url: str = ""

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "MINGBAI_DATA": str(self.folder),
            "DATABASE_URL": self.url,
            "LOG_LEVEL": "ERROR",
        }

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def found(self) -> str:
        """Tables, the city, and a partner's key, which is returned."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("found_city", str(DIVISIONS))
        return self.manage("issue_key", "bench").splitlines()[-1]

    @contextmanager
    def server(self, only: str = "") -> Iterator["Server"]:
        """The house, or one part of it."""
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port), *(["--only", only] if only else [])],
            cwd=ROOT,
            env={**self.env, "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(20)


@dataclass
class Server:
    port: int
    pid: int

    def calm(self, within: float = 900.0) -> None:
        """Wait until the worker has done what a city filled a moment ago gives it to do all at once."""
        until, before = time.monotonic() + within, self._busy()
        while time.monotonic() < until:
            time.sleep(_LOOK)
            now = self._busy()
            if now - before < 0.1 * _LOOK:
                return
            before = now
        raise RuntimeError("the worker did not come to rest")

    def _busy(self) -> float:
        """Seconds of a core that its processes have had."""
        return sum(cpu_of(pid) for pid in below(self.pid))

    def memory(self) -> list[int]:
        """Resident KiB of each process below the supervisor, largest first."""
        sizes = [_resident(pid) for pid in below(self.pid)]
        return sorted((size for size in sizes if size), reverse=True)


@contextmanager
def sqlite_world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        yield World(Path(folder))


def _free_port() -> int:
    """A port whose neighbour is free too: the live stream answers there."""
    while True:
        with socket.socket() as probe, socket.socket() as neighbour:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                neighbour.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _wait(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)  # noqa: S310  loopback
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not answer")


def cpu_of(pid: int) -> float:
    """Seconds that a process has had of a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children] + [each for child in children for each in below(int(child))]


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
