"""Photographs as evidence in a review: taken while it is judged, closed under a key of their own.

They go through the one file store: the type is found in the content, the file lies on the disk before its
row, and what is served is what was kept, or nothing.
"""

import secrets
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import IO

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import disk_full, is_disk_full
from mingbai.cases.filestore import delete_stored, load, store, whole_file
from mingbai.core.actor import Actor
from mingbai.core.crypto import DamagedValue, seal_bytes, sm3, unseal_bytes
from mingbai.core.filetype import HEAD_BYTES, sniff
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.oversight.enums import ReviewState
from mingbai.oversight.models import Evidence, Mark, Review

PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
MOST = 6
"""Of one criterion: enough for a room from all sides."""
_WHAT = "evidence.photo"


def add_photo(
    *, by: Actor, mark: Mark, name: str, stream: IO[bytes], size: int, at: datetime | None = None
) -> Evidence:
    """Keep one, on the disk first, then its row; the same picture again is the one that is there.

    Raises Refused "file_too_large", "file_empty", "file_type", "file_type_mismatch", "no_photo",
    "too_many_files", "disk_full", "wrong_state". Nothing is half-kept.
    """
    at = at or timezone.now()
    content = whole_file(stream, size)
    photo = Evidence(
        mark=mark,
        content_type=_type_of(content, name, stream),
        size=len(content),
        digest=sm3(content),
        # Outside the two levels of folders where files of matters lie: those are swept by their own rows.
        path=f"reviews/{secrets.token_hex(16)}",
        added_by=by.name,
        added_at=at,
    )
    try:
        store(photo.path, seal_bytes(bytes(photo.key), content, what=_WHAT))
        kept = _keep(photo, by)
    except BaseException as error:
        delete_stored(photo.path)
        if isinstance(error, OSError | OperationalError) and is_disk_full(error):
            raise disk_full() from error
        raise
    if kept is not photo:
        delete_stored(photo.path)
    return kept


def _type_of(content: bytes, name: str, stream: IO[bytes]) -> str:
    found = sniff(content[:HEAD_BYTES], PurePath(name.replace("\\", "/")).name, file=stream)
    if found not in PHOTOS:
        raise Refused(_("这里只收照片（JPG、PNG、WEBP、HEIC）。"), code="no_photo", field="file")
    return found


@transaction.atomic
def _keep(photo: Evidence, by: Actor) -> Evidence:
    review = _judged(photo.mark)
    there = Evidence.objects.filter(mark=photo.mark)
    if known := there.filter(digest=photo.digest).first():
        return known
    if there.count() >= MOST:
        raise Refused(
            _("照片太多：每一项最多 %(most)d 张。") % {"most": MOST}, code="too_many_files", field="file"
        )
    photo.save(force_insert=True)
    _note(review, photo, "photo_added", by, photo.added_at)
    return photo


@transaction.atomic
def drop_photo(*, by: Actor, photo: Evidence, at: datetime | None = None) -> None:
    """Away with a wrong one while the review is judged. Raises Refused "wrong_state"."""
    review = _judged(photo.mark)
    _note(review, photo, "photo_dropped", by, at or timezone.now())
    transaction.on_commit(partial(delete_stored, photo.path))
    photo.delete()


def open_photo(*, by: Actor, photo: Evidence) -> bytes:
    """The picture in clear. Raises Refused "file_lost" where it is gone or is not what was kept."""
    try:
        content = unseal_bytes(bytes(photo.key), load(photo.path), what=_WHAT)
    except (OSError, DamagedValue):
        content = b""
    if sm3(content) != photo.digest:
        raise Refused(_("这个文件打不开，可能已损坏。请联系管理员。"), code="file_lost")
    return content


def _judged(mark: Mark) -> Review:
    """Its review, locked, while somebody still gives points or answers an appeal. Raises "wrong_state"."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=mark.review_id)
    if review.state == ReviewState.FINAL:
        raise Refused(_("已经评定，照片不能再加、再删；要申诉的先申诉。"), code="wrong_state")
    return review


def _note(review: Review, photo: Evidence, verb: str, by: Actor, at: datetime) -> None:
    data = {"name": photo.mark.criterion.name, "digest": photo.digest}
    write(chain=review.chain, verb=f"review.{verb}", by=by, place=review.station_id, at=at, data=data)
