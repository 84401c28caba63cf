"""The compose file: its services run one after the other as it says, each with what it mounts and is given.

Containers need a daemon that is not everywhere; commands, settings, secrets, order and health checks are
tried here without one. What differs: paths of the container lie in a folder, and ports are free ones.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml
from django.conf import settings

from mingbai.web.management.commands.serve import PARTS
from ops.dev import postgres
from tests.drill import FULL
from tests.house import free_port
from tests.process import wait_until

FILE = Path(settings.BASE_DIR) / "ops" / "compose" / "compose.yml"
needs_postgres = pytest.mark.skipif(
    not FULL or postgres.bin_folder() is None, reason="minutes, and a PostgreSQL server: make drill"
)


class Composed:
    """The file after interpolation and merging, as compose itself reads it."""

    def __init__(self, **environment: str) -> None:
        text = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: environment.get(m[1], m[2]), FILE.read_text())
        assert not re.search(r"(?<!\$)\$[{(\w]", text.replace("$$", "")), "a variable without a default"
        told = yaml.safe_load(text)
        self.services, self.secrets, self.volumes = told["services"], told["secrets"], told["volumes"]

    def words(self, service: str) -> list[str]:
        command = self.services[service]["command"]
        words = shlex.split(command) if isinstance(command, str) else command
        return [one.replace("$$", "$") for one in words]


class Machine:
    """What the containers would see, in a folder: /data, /backups, /run/secrets, the database, ports."""

    def __init__(self, folder: Path, database: str) -> None:
        self.composed, self.folder, self.port = Composed(), folder, free_port()
        self.at = urlsplit(database).netloc.rpartition("@")[2]
        for name in ("data", "backups", "run/secrets"):
            (folder / name).mkdir(parents=True)
        for name, length in (("key", 32), ("database-password", 24)):
            (folder / "run/secrets" / name).write_text(os.urandom(length).hex() + "\n")
            (folder / "run/secrets" / name).chmod(0o444)

    def here(self, word: str) -> str:
        word = re.sub(r"(?<![\w.])/(data|backups|run/secrets)\b", rf"{self.folder}/\1", word)
        word = word.replace("@database/", f"@{self.at}/")
        word = word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        return re.sub(r"(^|&& )python\b", rf"\1{sys.executable}", word)

    def environment(self, service: str) -> dict[str, str]:
        given = self.composed.services[service]["environment"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        kept |= {name: self.here(str(value)) for name, value in given.items()}
        return kept | {"PORT": str(self.port), "PYTHONWARNINGS": "ignore"}

    def start(self, service: str, words: list[str] | None = None) -> subprocess.Popen[str]:
        command = [self.here(word) for word in words or self.composed.words(service)]
        with (self.folder / f"{service}.log").open("a") as log:
            return subprocess.Popen(
                command, env=self.environment(service), cwd=settings.BASE_DIR, stdout=log, stderr=log,
                text=True, start_new_session=True,
            )  # fmt: skip

    def said(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text()

    @contextmanager
    def running(self, *services: str):
        started = [self.start(service) for service in services]
        try:
            yield dict(zip(services, started, strict=True))
        finally:
            for one in started:
                with suppress(ProcessLookupError):
                    os.killpg(one.pid, signal.SIGTERM)
            for one in started:
                one.wait(20)


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    with postgres.running() as url:
        made = Machine(tmp_path_factory.mktemp("compose"), url)
        setup = made.start("setup")
        assert setup.wait(240) == 0, made.said("setup")
        yield made


@needs_postgres
def test_setup_leaves_a_migrated_database_and_no_password_in_any_environment(machine):
    password = (machine.folder / "run/secrets/database-password").read_text().strip()
    file = machine.folder / "data/database-url"
    assert file.read_text() == f"postgresql://mingbai:{password}@{machine.at}/mingbai"
    assert file.stat().st_mode & 0o077 == 0
    for service in machine.composed.services:
        if "environment" in machine.composed.services[service]:
            assert password not in str(machine.composed.services[service]["environment"])
    assert machine.start("setup").wait(120) == 0, "and again, as every `up` does"


@needs_postgres
def test_pages_stream_and_worker_run_as_written(machine):
    with machine.running("pages", "live", "worker") as started:
        url = f"http://127.0.0.1:{machine.port}"
        stream = f"http://127.0.0.1:{machine.port + 1}/healthz"
        wait_until(lambda: answers(f"{url}/readyz") and answers(stream), 120)
        assert httpx.get(url, timeout=60).status_code == 200
        check = machine.composed.services["pages"]["healthcheck"]["test"]  # a string: for the shell
        assert machine.start("pages", shlex.split(check)).wait(60) == 0
        # The worker makes the first backup by itself: into the volume that is meant for it.
        wait_until(lambda: list((machine.folder / "backups").glob("*.backup")), 120)
        assert all(one.poll() is None for one in started.values())


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=20).status_code == 200
    except httpx.HTTPError:
        return False


@needs_postgres
def test_a_command_of_the_operator_finds_the_house(machine):
    """The head of the file says how the key is printed."""
    words = re.search(r"docker compose exec pages (python manage\.py key_sheet) /tmp/", FILE.read_text())
    assert words
    sheet = machine.folder / "key.html"
    assert machine.start("pages", [*words[1].split(), str(sheet)]).wait(60) == 0
    assert sheet.stat().st_size > 500


@needs_postgres
def test_the_line_says_what_it_lacks_where_there_is_no_exchange(machine):
    assert machine.composed.services["line"]["profiles"] == ["line"], "not started unless asked for"
    assert machine.start("line").wait(60) == 1 and "PBX_URL" in machine.said("line")


def test_every_part_of_the_house_has_a_service_and_every_mount_a_place():
    composed = Composed()
    said = " ".join(word for one in ("pages", "live", "worker", "line") for word in composed.words(one))
    assert set(re.findall(r"--only (\w+)", said)) == set(PARTS)
    for name, service in composed.services.items():
        for mount in service.get("volumes", []):
            assert mount.partition(":")[0] in composed.volumes, name
        assert set(service.get("secrets", [])) <= set(composed.secrets), name
        for needed in service.get("depends_on", {}):
            assert needed in composed.services, name
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "nothing but nginx is for outside"


def test_no_secret_goes_into_the_image():
    ignored = (Path(settings.BASE_DIR) / ".dockerignore").read_text().split()
    told = FILE.read_text()
    files = re.findall(r"file: \./(\S+?)\}", told) + re.findall(r"path: \./(\S+?),", told)
    assert files and all(covered(f"ops/compose/{file}", ignored) for file in files), files
    assert {".git", ".venv", "var", "node_modules"} <= set(ignored)


def covered(file: str, ignored: list[str]) -> bool:
    path = Path(file)
    return any(path.match(one) or str(path).startswith(f"{one.rstrip('/')}/") for one in ignored)


def test_the_secrets_can_be_read_by_the_one_who_runs_in_the_container():
    """Compose mounts a secret's file with the rights it has outside, and nobody in there is its owner."""
    told = FILE.read_text()
    assert "chmod 444" in told and "mkdir -m 700 ops/compose/secrets" in told
    assert all(one["file"].startswith("./secrets/") for one in Composed().secrets.values())
