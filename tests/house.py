"""A house of its own for a test: `manage.py serve` on a fresh SQLite folder, as an operator would run it."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from django.conf import settings

from tests import migrated
from tests.process import wait_until


def free_port() -> int:
    """A port whose next one is free too: the stream's."""
    first = 18200 + os.getpid() % 400 * 20  # several test processes look at once
    for port in range(first, first + 2000, 2):
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

    def __init__(self, folder: Path, **more: str) -> None:
        self.port = free_port()
        self.log = folder / "log"
        self.env = os.environ | {"MINGBAI_DATA": str(folder), "DATABASE_URL": "", "PYTHONWARNINGS": "ignore"}
        self.env |= {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
        self.env |= more
        self._move_in(folder)
        self.process = self.manage("serve", "--port", str(self.port), "--workers", "2")
        wait_until(lambda: "http://127.0.0.1" in self.said(), seconds=300)

    def _move_in(self, folder: Path) -> None:
        shutil.copytree(migrated.house(), folder, dirs_exist_ok=True)

    def manage(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
            return subprocess.Popen(
                command, env=self.env | more, stdout=out, stderr=out, cwd=settings.BASE_DIR
            )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that ends, with what it said; its log may lie where nobody can write."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
        return subprocess.run(command, env=self.env, cwd=settings.BASE_DIR, capture_output=True, text=True)

    def said(self) -> str:
        return self.log.read_text()

    def get(self, path: str, live: bool = False) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port + live}{path}", timeout=60)

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

    def shell(self, code: str) -> str:
        """Run code in the house's own Django and return what it printed."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "shell", "-v0", "-c", code]
        done = subprocess.run(command, env=self.env, cwd=settings.BASE_DIR, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

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
