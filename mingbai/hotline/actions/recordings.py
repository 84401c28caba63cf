"""Recordings: encrypted under a key of their own, played only on the record, destroyed for good by rule."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.filestore import delete_stored, load, store
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.crypto import DamagedValue, new_key, seal_bytes, sm3, unseal_bytes
from mingbai.core.holdings import free
from mingbai.core.refused import Refused
from mingbai.hotline.enums import Recording
from mingbai.hotline.models import Call, SeatCommand
from mingbai.hotline.rules.voices import playable
from mingbai.journal.actions import write

_WHAT = "call.recording"
GIVEN_UP = timedelta(minutes=30)
"""So long after the call its recording is looked for; then it is said to be missing."""


def keep_recording(*, by: Actor, call: Call, content: bytes) -> None:
    """Store it before the exchange's copy is deleted; nothing where nobody waits for it any more.

    Raises OSError; then nothing was kept.
    """
    key, data = new_key(), {"size": len(content), "digest": sm3(content)}
    # Outside the two levels of folders where files of matters lie: those are swept by their own rows.
    path = f"calls/{secrets.token_hex(16)}"
    store(path, seal_bytes(key, content, what=_WHAT))
    try:
        with transaction.atomic():
            kept = {"recording": Recording.KEPT, "recording_path": path, "recording_key": key}
            waits = Call.objects.filter(pk=call.pk, recording=Recording.DUE)
            if not waits.update(**kept, recording_digest=data["digest"]):
                delete_stored(path)
                return
            write(chain=call.chain, verb="call.recorded", by=by, at=timezone.now(), data=data)
    except BaseException:
        delete_stored(path)
        raise


@transaction.atomic
def miss_recording(*, by: Actor, call: Call) -> None:
    """Say that the recording is not there, rather than wait for it for ever."""
    if Call.objects.filter(pk=call.pk, recording=Recording.DUE).update(recording=Recording.MISSING):
        write(chain=call.chain, verb="call.recording_missing", by=by, at=timezone.now())


@transaction.atomic
def left_over(*, by: Actor, keys: Sequence[str], before: datetime) -> list[str]:
    """Of these calls, whose files lie in the exchange, those that ended `before` and whose file is of no more
    use there. A file that nobody waits for any more, though nothing was kept, is fetched after all."""
    ended = Call.objects.filter(channel__in=keys, ended_at__lt=before)
    lost = ended.filter(recording__in=(Recording.NONE, Recording.MISSING)).exclude(key=b"")
    lost.update(recording=Recording.DUE)
    rest = ended.exclude(recording=Recording.DUE).order_by("pk")
    return list(rest.values_list("channel", flat=True))


@transaction.atomic
def play_recording(*, by: Actor, call: Call) -> bytes:
    """The wav file in clear; every playing is in the journal. Raises Refused "no_recording", "file_lost"."""
    if call.recording != Recording.KEPT:
        raise Refused(_("这通来电没有录音可以播放。"), code="no_recording")
    try:
        content = unseal_bytes(bytes(call.recording_key), load(call.recording_path), what=_WHAT)
    except (OSError, DamagedValue) as error:
        raise Refused(_("这段录音打不开，可能已损坏。请联系管理员。"), code="file_lost") from error
    write(chain=call.chain, verb="call.recording_opened", by=by, at=timezone.now())
    return playable(content)


def forget_recordings(*, by: Actor, now: datetime) -> int:
    """Destroy recordings that are older than the rule allows: the key, then the file."""
    kept = timedelta(days=settings.HOTLINE_RECORDINGS_KEPT_DAYS)
    old = free(Call.objects.filter(recording=Recording.KEPT, offered_at__lt=now - kept))
    rows = list(old.order_by("pk").values_list("pk", "recording_path"))
    for pk, path in rows:
        _destroy(pk, by, now)
        transaction.on_commit(partial(delete_stored, path))  # a dry run ends without one
    return len(rows)


@transaction.atomic
def _destroy(pk: int, by: Actor, at: datetime) -> None:
    Call.objects.filter(pk=pk).update(recording=Recording.DELETED, recording_key=b"", recording_path="")
    write(chain=f"call:{pk}", verb="call.recording_destroyed", by=by, at=at)


def erase_calls(*, case: Case, by: Actor) -> None:
    """The matter is erased: the numbers of its calls and their recordings go with it; the figures stay."""
    kept = Call.objects.filter(case=case, recording=Recording.KEPT).order_by("pk")
    for pk, path in kept.values_list("pk", "recording_path"):
        _destroy(pk, by, timezone.now())
        transaction.on_commit(partial(delete_stored, path))
    # What was not fetched yet goes from the exchange with the next `left_over`.
    Call.objects.filter(case=case, recording=Recording.DUE).update(recording=Recording.DELETED)
    SeatCommand.objects.filter(call__case=case).update(key=b"", number_sealed=b"")
    Call.objects.filter(case=case).update(key=b"", phone_sealed=b"", phone_hash="")
