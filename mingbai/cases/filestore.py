"""Where the encrypted files lie: two levels of folders under FILES_DIR, written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.refused import Refused


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


def whole_file(stream: IO[bytes], size: int) -> bytes:
    """All of it; `size` is what the sender says, and is not believed.

    Raises Refused "file_too_large", "file_empty".
    """
    most = settings.ATTACHMENT_MAX_BYTES
    content = stream.read(most + 1) if size <= most else b" " * (most + 1)
    if len(content) > most:
        raise Refused(
            _("文件太大：每个文件最多 %(most)d MB。") % {"most": most // 1024**2},
            code="file_too_large",
            field="file",
        )
    if not content:
        raise Refused(_("这个文件是空的，请重新选择。"), code="file_empty", field="file")
    return content
