"""The database as `migrate` leaves it: made once, copied for every process of a run and every house."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

_TEMPLATE = "mingbai_test_migrated"


def run_of(folder: Path) -> Path:
    """What the processes of one run share, above a folder that pytest gave to one of them."""
    return next((each for each in folder.parents if each.name.startswith("popen-")), folder).parent


@contextlib.contextmanager
def alone(run: Path, name: str) -> Iterator[None]:
    """One process of the run at a time."""
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def house() -> Path:
    """A data folder with a SQLite database after `migrate`; not to be written into."""
    kept = Path(tempfile.gettempdir()) / f"mingbai-migrated-{os.getuid()}"
    kept.mkdir(mode=0o700, exist_ok=True)
    folder = kept / _fingerprint()
    with alone(kept, "making"):
        if not folder.exists():
            _leave_out_old(kept)
            being_made = Path(tempfile.mkdtemp(dir=kept))
            migrate({"MINGBAI_DATA": str(being_made), "DATABASE_URL": ""})
            being_made.rename(folder)
    return folder


def _fingerprint() -> str:
    """Of all that decides what `migrate` leaves: other code may change and the database is still the same."""
    digest = hashlib.sha256(os.environ["MINGBAI_KEY"].encode())
    for path in sorted({path for one in _DECIDING for path in settings.BASE_DIR.glob(one)}):
        digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:20]


_DECIDING = (
    "requirements.txt",
    "config/settings.py",
    "mingbai/core/*.py",
    "mingbai/*/migrations/*.py",
    "mingbai/*/rules/**/*.py",
    "mingbai/*/rules.py",
    "mingbai/*/data/*.csv",
    "mingbai/*/guards.py",
    "mingbai/knowledge/fulltext/*.py",
)


def _leave_out_old(kept: Path) -> None:
    for folder in filter(Path.is_dir, kept.iterdir()):
        if folder.stat().st_mtime < time.time() - 86400:
            shutil.rmtree(folder, ignore_errors=True)


def migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "-v0"]
    env = os.environ | {"PYTHONWARNINGS": "ignore"} | environment
    subprocess.run(command, env=env, cwd=settings.BASE_DIR, check=True)


def begin_with(database: dict[str, Any], run: Path) -> None:
    """The test database of this process starts as a copy; Django's own `migrate` then finds nothing to do."""
    if "sqlite" in database["ENGINE"]:
        shutil.copyfile(house() / "mingbai.sqlite3", database["TEST"]["NAME"])
        return
    with alone(run, "template"):
        if not (run / _TEMPLATE).exists():
            _make_template(database)
            (run / _TEMPLATE).touch()
    database["TEST"]["TEMPLATE"] = _TEMPLATE


def _make_template(database: dict[str, Any]) -> None:
    """A database beside the one that DATABASE_URL names; a run before this one may have left it."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
        connection.execute(f"CREATE DATABASE {_TEMPLATE}")
    place, _, question = url.partition("?")
    migrate(
        {"DATABASE_URL": f"{place.rpartition('/')[0]}/{_TEMPLATE}" + (f"?{question}" if question else "")}
    )
