"""Making a backup: database and files of one moment in one file, while everybody works on."""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

import mingbai
from mingbai.core.actor import Actor
from mingbai.core.crypto import key_check, keys_now
from mingbai.core.refused import Refused
from mingbai.upkeep import archive
from mingbai.upkeep.databases import database
from mingbai.upkeep.queries import newest_backup
from mingbai.upkeep.rules.rotation import Keep, dated_name, to_remove

log = structlog.get_logger(__name__)
_HOUR = 3
"""The hour of the night (local) from which the worker makes the day's backup."""


def back_up(*, by: Actor, file: Path, now: datetime | None = None) -> dict[str, Any]:
    """Write one backup; return what its end says: counts, files, bytes.

    An older file of this name stays whole until the new one is. Raises Refused "busy" while another backup
    is being made, "disk_full", "no_folder", "backup_failed".
    """
    now = now or timezone.now()
    if not file.parent.is_dir():
        raise Refused(f"没有这个文件夹：{file.parent}", code="no_folder")
    with _only_one():
        try:
            return _write(file, now)
        except (OSError, sqlite3.Error) as error:
            raise _failed(error) from error


def _write(file: Path, now: datetime) -> dict[str, Any]:
    copy = file.with_name(f".{file.name}.{secrets.token_hex(4)}.db")
    try:
        # The database first: a file lies on disk before its row does, so every row finds its file.
        facts = database().dump(copy)
        with archive.writing(file) as out:
            out.add_json(archive.HEAD, _head(now, facts.migrations))
            out.add_file(archive.DATABASE, copy)
            copy.unlink()
            told = {"facts": facts.told(), "files": _add_folders(out)}
            out.end(told)
    finally:
        for rest in (copy, *(copy.with_name(copy.name + end) for end in ("-journal", "-wal", "-shm"))):
            rest.unlink(missing_ok=True)
    return told | {"size": file.stat().st_size}


def _head(now: datetime, migrations: list[str]) -> dict[str, Any]:
    return {
        "mingbai": archive.FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "database": database().vendor,
        "key": key_check(keys_now().master),
        # While the key is exchanged, rows of two keys stand in one backup.
        "keys": [key_check(one) for one in (keys_now().master, *keys_now().reading)],
        "version": mingbai.__version__,
        "city": settings.CITY_CODE,
        "migrations": migrations,
    }


def _add_folders(out: archive.Writing) -> int:
    count = 0
    for name in archive.FOLDERS:
        root = _folder(name)
        for path in _regular(root):
            count += out.add_file(f"{name}/{path.relative_to(root)}", path)
    return count


def _folder(name: str) -> Path:
    return Path(settings.FILES_DIR) if name == "files" else Path(settings.MINGBAI_DATA) / name


def _regular(root: Path) -> Iterator[Path]:
    """All files below, without drafts (they begin with a dot); folder by folder, in bounded memory."""
    for here, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(here) / name
            if not name.startswith(".") and not path.is_symlink():
                yield path


@contextmanager
def _only_one() -> Iterator[None]:
    handle = os.open(
        Path(settings.MINGBAI_DATA) / "backup-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("另一次备份正在进行。", code="busy") from None
        yield
    finally:
        os.close(handle)


def _failed(error: Exception) -> Refused:
    text = str(error)
    if archive.is_full(error):
        return Refused(
            "存放备份的磁盘满了，没有做成；原有的备份没有动。",
            code="disk_full",
            do="请腾出空间或换一个位置；需要数据库和附件大小之和，再加一份数据库的空间。",
        )
    return Refused(f"备份没有做成：{text}；原有的备份没有动。", code="backup_failed")


# ── a folder of backups ──


def rotate(*, by: Actor, folder: Path, keep: Keep) -> list[str]:
    """Remove the dated backups that no rule keeps; never the newest. Return their names."""
    removed = to_remove([path.name for path in folder.iterdir() if path.is_file()], keep)
    for name in removed:
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.checked").unlink(missing_ok=True)
    return removed


def scheduled_backup(*, by: Actor, now: datetime) -> Path | None:
    """The day's backup into BACKUP_DIR, once after 3 in the night; at once where the last is over a day old.

    A failure is logged and tried again in an hour; the doctor tells of it meanwhile.
    """
    folder = settings.BACKUP_DIR
    if folder is None or not _is_time(folder, now):
        return None
    file = folder / dated_name(timezone.localtime(now))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        back_up(by=by, file=file, now=now)
        rotate(by=by, folder=folder, keep=Keep())
    except (Refused, OSError) as error:
        log.error("backup.failed", error=str(error))
        return None
    return file


def _is_time(folder: Path, now: datetime) -> bool:
    last = newest_backup(folder)
    if last is None:
        return True
    local, then = timezone.localtime(now), timezone.localtime(last.made_at)
    is_of_another_day = then.date() != local.date() or then > local
    return is_of_another_day and (local.hour >= _HOUR or (now - last.made_at).total_seconds() > 26 * 3600)
