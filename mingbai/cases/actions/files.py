"""Attachments: type by content, encrypted under the matter's key, on disk before the row, no orphans."""

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import IO

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import disk_full, enter, is_disk_full, locked, move, now_or
from mingbai.cases.filestore import delete_stored, load, new_path, store, stored_before, whole_file
from mingbai.cases.models import Attachment, Case, PaperAsked
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.crypto import DamagedValue, seal_bytes, sm3, unseal_bytes
from mingbai.core.filetype import HEAD_BYTES, sniff
from mingbai.core.refused import Refused

_WHAT = "attachment.file"
_ORPHAN_AFTER = timedelta(days=1)
"""A file without a row is left alone for so long: its transaction may still be open."""


def attach(
    *,
    case: Case,
    by: Actor,
    name: str,
    stream: IO[bytes],
    size: int,
    by_resident: bool,
    paper: PaperAsked | None = None,
    at: datetime | None = None,
) -> Attachment:
    """Keep a file: encrypted and synced to disk first, then its row; when the row fails, the file goes.

    Raises Refused "file_too_large", "file_empty", "file_type", "file_type_mismatch", "too_many_files",
    "disk_full", "wrong_state". Nothing is half-written.
    """
    at = now_or(at)
    content = whole_file(stream, size)
    content_type = sniff(content[:HEAD_BYTES], name, file=stream)
    attachment = Attachment(
        case=case,
        paper=paper,
        content_type=content_type,
        size=len(content),
        digest=sm3(content),
        path=new_path(),
        by_resident=by_resident,
        added_by=by.name,
        added_at=at,
    )
    attachment.name = _clean_name(name)
    try:
        store(attachment.path, seal_bytes(bytes(case.key), content, what=_WHAT))
        return _keep(attachment, by, at)
    except BaseException as error:
        delete_stored(attachment.path)
        if isinstance(error, OSError | OperationalError) and is_disk_full(error):
            raise disk_full() from error
        raise


def _clean_name(name: str) -> str:
    """The name without folders; its extension stays when it is too long."""
    plain = PurePath(name.replace("\\", "/")).name
    stem, suffix = PurePath(plain).stem, PurePath(plain).suffix
    return clean_text(stem[: 100 - len(suffix)] + suffix, most=100, field="file")


@transaction.atomic
def _keep(attachment: Attachment, by: Actor, at: datetime) -> Attachment:
    case = locked(attachment.case)
    move(case, "attach" if attachment.by_resident else "note")
    if case.attachments.count() >= settings.ATTACHMENTS_PER_CASE:
        raise Refused(
            _("文件太多：每件最多 %(most)d 个。") % {"most": settings.ATTACHMENTS_PER_CASE},
            code="too_many_files",
            field="file",
        )
    attachment.case = case
    attachment.save(force_insert=True)
    if attachment.paper_id:
        PaperAsked.objects.filter(pk=attachment.paper_id, case=case, given_at=None).update(given_at=at)
    enter(
        case,
        "attached",
        by,
        at,
        attachment=attachment.pk,
        content_type=attachment.content_type,
        size=attachment.size,
        digest=attachment.digest,
        paper=attachment.paper_id,
    )
    return attachment


def open_attachment(*, attachment: Attachment, by: Actor, at: datetime | None = None) -> bytes:
    """The file in clear; a look by staff stands in the matter's history.

    Raises Refused "file_lost" where the file is gone or is not what was kept.
    """
    case = attachment.case
    try:
        content = unseal_bytes(bytes(case.key), load(attachment.path), what=_WHAT)
    except (OSError, DamagedValue):
        content = b""
    if sm3(content) != attachment.digest:
        raise Refused(_("这个文件打不开，可能已损坏。请联系管理员。"), code="file_lost")
    if by.kind == "user":
        with transaction.atomic():
            enter(case, "attachment_opened", by, now_or(at), attachment=attachment.pk)
    return content


def sweep_files(*, by: Actor, now: datetime | None = None) -> int:
    """Delete old files that no row names: what a killed process, or a transaction rolled back later, left."""
    swept = 0
    batch: list[str] = []
    for path in stored_before(now_or(now) - _ORPHAN_AFTER):
        batch.append(path)
        if len(batch) == 500:
            swept += _sweep(batch)
            batch = []
    return swept + _sweep(batch)


def _sweep(paths: list[str]) -> int:
    named = set(Attachment.objects.filter(path__in=paths).values_list("path", flat=True))
    orphans = [path for path in paths if path not in named]
    for path in orphans:
        delete_stored(path)
    return len(orphans)
