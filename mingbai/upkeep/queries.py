"""What lies in a folder of backups, where an exchange of keys stands, what is kept for too long."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model

from mingbai.cases.models import LegalHold
from mingbai.cases.queries.retention import due_to_retire
from mingbai.core.crypto import key_check, keys_now
from mingbai.core.holdings import holdings
from mingbai.core.refused import Refused
from mingbai.core.retention import RETENTION, Retention
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


# ── the exchange of the master key ──

SWITCHED = "key.switched"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an exchange stands: fingerprints, and since when the new key writes."""

    writing: str
    reading: tuple[str, ...]
    coming: tuple[str, ...]
    since: datetime | None


def standing() -> Standing:
    keys = keys_now()
    last = Entry.objects.filter(chain=CHAIN, verb=SWITCHED).order_by("-seq").first()
    return Standing(
        writing=key_check(keys.master),
        reading=tuple(key_check(one) for one in keys.older),
        coming=tuple(key_check(one) for one in keys.coming),
        since=last.at if last and keys.older else None,
    )


# ── what is kept for too long ──


@dataclass(frozen=True, slots=True)
class Due:
    """One class of personal values: its rule and source, the models that hold it, and how many rows are over
    their time; `by`: "rule" (ends by itself) or "appraisal" (a person decides)."""

    code: str
    kept: str
    source: str
    models: tuple[str, ...]
    rows: int
    by: str


def due(now: datetime) -> list[Due]:
    """A dry run over every class, in the order of their codes: everything is done and taken back again."""
    return [_due(one, now) for _code, one in sorted(RETENTION.items())]


def _due(one: Retention, now: datetime) -> Due:
    rows = _tried(one, now) if one.forget else 0
    if one.code == "case":
        rows = due_to_retire(now).count()
    by = "rule" if one.forget else "appraisal"
    return Due(one.code, one.kept, one.source, _models_of(one.code), rows, by)


def _tried(one: Retention, now: datetime) -> int:
    assert one.forget is not None
    with transaction.atomic():
        count = one.forget(now)
        transaction.set_rollback(True)
    return count


def _models_of(code: str) -> tuple[str, ...]:
    def holds(model: type[Model]) -> bool:
        return code in getattr(model, "PERSONAL", {}).values()

    return tuple(one.model._meta.label for one in holdings() if holds(one.model))


def held_now() -> list[LegalHold]:
    return list(LegalHold.objects.filter(lifted_at=None).select_related("case").order_by("set_at", "pk"))
