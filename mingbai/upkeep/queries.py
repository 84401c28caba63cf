"""Reading what lies in a folder of backups."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.upkeep.archive import END, read_head
from mingbai.upkeep.rules.rotation import date_of

CHAIN = "house"
"""The journal's chain of what the operator does."""
PRINTED = "key.printed"
_TAIL = 1024 * 1024
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that has an end; `checked_at` when it was restored into a scratch place and compared."""

    path: Path
    made_at: datetime
    size: int
    checked_at: datetime | None


def newest_backup(folder: Path) -> Backup | None:
    """The newest dated backup that is not cut off (its bytes are proven only by `restore --check`)."""
    found = [(at, path) for path in _files(folder) if (at := date_of(path.name))]
    for _at, path in sorted(found, reverse=True):
        if backup := _backup(path):
            return backup
    return None


def last_checked(folder: Path) -> datetime | None:
    """When any backup of the folder was last proven by restoring it."""
    times = [at for path in _files(folder) if path.name.endswith(".checked") and (at := _checked(path))]
    return max(times, default=None)


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _backup(path: Path) -> Backup | None:
    try:
        head = read_head(path)
        made_at = datetime.fromisoformat(head["made_at"])
        size = path.stat().st_size
    except (Refused, OSError, KeyError, ValueError):
        return None
    return (
        Backup(path, made_at, size, _checked(path.with_name(f"{path.name}.checked")))
        if has_end(path)
        else None
    )


def has_end(path: Path) -> bool:
    """True when the last member is the end; looks at the last megabyte alone."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL) // _BLOCK * _BLOCK)
        tail = file.read()
    name = END.encode() + b"\0"
    return any(tail.startswith(name, at) for at in range(0, len(tail), _BLOCK))


def note_checked(path: Path, at: datetime, told: dict[str, Any]) -> None:
    """Beside the backup, for the doctor: what the last check of it found."""
    note = {"checked_at": at.isoformat(timespec="seconds"), **told}
    path.with_name(f"{path.name}.checked").write_text(json.dumps(note, ensure_ascii=False))


def _checked(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(path.read_text())["checked_at"])
    except (OSError, ValueError, KeyError):
        return None


def was_printed(fingerprint: str) -> bool:
    """True when a sheet of this key was made."""
    return Entry.objects.filter(chain=CHAIN, verb=PRINTED, data__contains=fingerprint).exists()
