"""Where the encrypted files lie: two levels of folders under FILES_DIR, written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def new_path() -> str:
    """A fresh place: not guessable, and no folder grows too large."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:4]}/{token}"


def store(path: str, blob: bytes) -> None:
    """Write durably: a draft, synced, renamed, the folders synced. Raises OSError and leaves nothing."""
    target = Path(settings.FILES_DIR) / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        _sync_folders(target.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        raise


def _sync_folders(folder: Path) -> None:
    """The folder and the two above it: a new folder's own name must survive a power cut too."""
    for each in (folder, folder.parent, folder.parent.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def load(path: str) -> bytes:
    return (Path(settings.FILES_DIR) / path).read_bytes()


def delete_stored(path: str) -> None:
    (Path(settings.FILES_DIR) / path).unlink(missing_ok=True)


def stored_before(moment: datetime) -> Iterator[str]:
    """The paths of files older than a moment, drafts of killed writers among them."""
    root = Path(settings.FILES_DIR)
    for file in sorted(root.glob("*/*/*")):
        changed = datetime.fromtimestamp(file.stat().st_mtime, tz=timezone.get_current_timezone())
        if changed < moment:
            yield str(file.relative_to(root))
