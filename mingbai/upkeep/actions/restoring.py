"""Bringing a backup back, or proving it in a scratch place: proven whole first, then put in place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.crypto import key_check, keys_now
from mingbai.core.presence import Busy, alone
from mingbai.core.refused import Refused
from mingbai.upkeep import archive
from mingbai.upkeep.databases import database
from mingbai.upkeep.queries import note_checked

T = TypeVar("T")


def restore(*, by: Actor, file: Path) -> dict[str, Any]:
    """Put a backup in the place of what is there; return what its end says.

    Everything is proven before anything changes; then files are added, and the database is exchanged in one
    step. Killed at any moment, the house has the old database or the new one, each with all its files.
    Raises Refused "running", "not_a_backup", "other_key", "other_database", "newer_version", "damaged",
    "disk_full", "restore_failed".
    """
    with _stopped(), _scratch(settings.MINGBAI_DATA) as folder:
        told = _unpack(file, folder)
        _try(lambda: _place(folder))
        return told


def check(*, by: Actor, file: Path, now: datetime | None = None) -> dict[str, Any]:
    """Restore into a scratch place and compare: rows of every table, the journal's root, the proof of it.

    Changes nothing here; leaves a note beside the file for the doctor. Raises Refused as `restore` does, and
    "differs", "journal_broken".
    """
    with _scratch(Path(tempfile.gettempdir())) as folder:
        told = _unpack(file, folder)
        with database().scratch(_dumped(folder), folder) as scratch:
            if differing := scratch.facts.differences(told["facts"]):
                raise Refused("恢复出来的与备份时不一致：" + "；".join(differing[:5]), code="differs")
            _prove_journal(scratch.env)
    note_checked(file, now or timezone.now(), {"rows": sum(told["facts"]["counts"].values())})
    return told


# ── what is accepted ──


def _accept(head: dict[str, Any]) -> None:
    ours = {key_check(one) for one in (keys_now().master, *keys_now().reading)}
    if not {str(one) for one in head.get("keys") or [head.get("key")]} <= ours:
        raise Refused(
            f"这份备份是用另一把主密钥写的（备份的密钥指纹 {str(head.get('key'))[:8]}，"
            f"现在的 {key_check(keys_now().master)[:8]}），什么也没有改动。",
            code="other_key",
            do="请从保险柜取出写这份备份时的密钥，放到 MINGBAI_KEY_FILE 所指的文件。",
        )
    if head.get("database") != database().vendor:
        raise Refused(
            f"这份备份来自 {head.get('database')}，现在用的是 {database().vendor}，不能互相恢复。",
            code="other_database",
        )
    if unknown := set(head.get("migrations", ())) - _known_migrations():
        raise Refused(f"这份备份是更新的版本做的（{min(unknown)}），请先升级再恢复。", code="newer_version")


def _known_migrations() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}


# ── unpacking and placing ──


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    return _try(lambda: archive.read(file, keep=lambda name: folder / _inside(name), accept=_accept))


def _inside(name: str) -> str:
    return "mingbai.sqlite3" if name == archive.DATABASE else name


def _dumped(folder: Path) -> Path:
    found = folder / _inside(archive.DATABASE)
    if not found.is_file():
        raise archive.damaged("里面没有数据库")
    return found


def _place(folder: Path) -> None:
    """Files first: more of them than rows is harmless (they are swept), fewer would be a loss."""
    dumped = _dumped(folder)
    for name in archive.FOLDERS:
        target = Path(settings.FILES_DIR) if name == "files" else Path(settings.MINGBAI_DATA) / name
        _merge(folder / name, target)
    os.sync()
    database().load(dumped)


def _merge(source: Path, target: Path) -> None:
    for here, _folders, names in os.walk(source):
        there = target / Path(here).relative_to(source)
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            (Path(here) / name).replace(there / name)


def _try(work: Callable[[], T]) -> T:
    try:
        return work()
    except (OSError, sqlite3.Error) as error:
        code = "disk_full" if archive.is_full(error) else "restore_failed"
        raise Refused(f"没有恢复成：{error}；数据没有改动。", code=code) from error


@contextmanager
def _scratch(inside: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".restore-", dir=inside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stopped() -> Iterator[None]:
    """Alone on the data: no server or worker of this machine, and no session from another one."""
    try:
        with alone(settings.MINGBAI_DATA):
            if others := database().others():
                raise Busy(f"数据库上还有 {others} 个连接。")
            yield
    except Busy as busy:
        raise Refused(
            f"{busy}请先停下服务（systemctl stop mingbai.target，或结束 serve），再恢复。", code="running"
        ) from None


def _prove_journal(env: Any) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "verify_journal"]
    secret = {"MINGBAI_KEY": keys_now().master.hex(), "MINGBAI_KEY_FILE": ""}
    if settings.MINGBAI_KEY_PATH:  # with the keys beside it
        secret = {"MINGBAI_KEY": "", "MINGBAI_KEY_FILE": str(settings.MINGBAI_KEY_PATH)}
    done = subprocess.run(
        command, env=os.environ | secret | dict(env), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["?"])[0]
        raise Refused(f"恢复出来的日志不完整：{said[:300]}", code="journal_broken")
