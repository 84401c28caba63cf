"""serve for real: starts, answers, restarts what dies, pushes, fits into memory, ends in seconds."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from tests.process import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def free_port() -> int:
    """A port whose next one is free too: the stream's."""
    for port in range(18200, 19200, 2):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


class House:
    """A house of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.log = folder / "log"
        self.env = os.environ | {"MINGBAI_DATA": str(folder), "DATABASE_URL": "", "PYTHONWARNINGS": "ignore"}
        self.env |= {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
        self.manage("migrate", "-v0").wait(120)
        self.process = self.manage("serve", "--port", str(self.port), "--workers", "2")
        wait_until(lambda: "http://127.0.0.1" in self.said(), seconds=40)

    def manage(self, *words: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
            return subprocess.Popen(command, env=self.env, stdout=out, stderr=out, cwd=settings.BASE_DIR)

    def said(self) -> str:
        return self.log.read_text()

    def get(self, path: str, live: bool = False) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port + live}{path}", timeout=10)

    def answers(self, live: bool = False) -> bool:
        try:
            return self.get("/healthz", live).status_code == 200
        except httpx.HTTPError:
            return False

    def parts(self) -> dict[str, int]:
        """Process ids of the three parts by what they run."""
        found = {}
        for pid in children(self.process.pid):
            words = command_of(pid)
            for part in ("work", "config.wsgi:application", "config.asgi:application"):
                if part in words:
                    found[part] = pid
        return found

    def family(self) -> list[int]:
        return [pid for part in children(self.process.pid) for pid in (part, *children(part))]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def command_of(pid: int) -> list[str]:
    """Empty for one that has just died; its parent's for one that was just forked."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except FileNotFoundError:
        return []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(folder):
    one = House(folder)
    yield one
    one.stop()


def test_pages_and_stream_answer(house):
    assert house.get("/readyz").json()["ready"]
    assert house.answers(live=True)
    assert house.get("/live/", live=True).status_code == 401
    assert house.get("/").status_code == 200


def test_each_process_fits_into_150_megabytes(house):
    for _ in range(100):
        house.get("/")
    assert {pid: size for pid in house.family() if (size := megabytes(pid)) > 150} == {}


def test_counts_of_all_web_processes_are_added_up(house):
    def counted() -> float:
        text = house.get("/metrics").text
        return sum(float(n) for n in re.findall(r"mingbai_requests_total\{[^}]*\} (\S+)", text))

    before = counted()
    for _ in range(10):
        house.get("/")
    assert counted() == before + 10


def test_what_is_killed_is_started_again(house):
    before = house.parts()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: set(before.values()).isdisjoint(house.parts().values()) and len(house.parts()) == 3, 30
    )
    wait_until(lambda: house.answers() and house.answers(live=True), 30)


def test_a_killed_web_worker_is_started_again(house):
    (victim, *_rest) = children(house.parts()["config.wsgi:application"])
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: not is_alive(victim))
    wait_until(lambda: len(children(house.parts()["config.wsgi:application"])) >= 2, 20)
    assert house.answers()


def test_sigterm_ends_everything_within_seconds(house):
    family, begun = house.family(), time.monotonic()
    house.process.terminate()
    assert house.process.wait(15) == 0
    assert time.monotonic() - begun < 10
    assert [pid for pid in family if is_alive(pid)] == []
    assert not house.answers()


def test_nothing_is_left_when_the_supervisor_itself_is_killed(folder):
    house = House(folder)
    family = house.family()
    house.stop()
    wait_until(lambda: not any(is_alive(pid) for pid in family), 15)


def test_data_of_another_key_is_not_served(folder):
    house = object.__new__(House)
    house.log, house.env = folder / "other", os.environ | {"MINGBAI_DATA": str(folder), "DATABASE_URL": ""}
    house.env |= {"MINGBAI_KEY": "77" * 32, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    assert house.manage("serve", "--port", str(free_port())).wait(30) == 1
    assert "another" in house.said()
