"""Announcements: uploaded, heard, chosen, in use; what was in use stays so until the next one is."""

import secrets
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.filestore import delete_stored, load, store
from mingbai.core.actor import Actor
from mingbai.core.crypto import sm3
from mingbai.core.refused import Refused
from mingbai.hotline.enums import SoundState, Spoken
from mingbai.hotline.models import Announcement
from mingbai.hotline.rules.sounds import to_wav
from mingbai.journal.actions import write
from mingbai.places.models import Station


def add_sound(*, by: Actor, station: Station, spoken: str, content: bytes) -> Announcement:
    """Keep it as the exchange plays it. Raises Refused "bad_choice", "bad_sound"; OSError keeps nothing."""
    if spoken not in Spoken.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="spoken")
    sound = to_wav(content)
    path = f"sounds/{secrets.token_hex(16)}"
    store(path, sound.content)
    try:
        with transaction.atomic():
            one = Announcement.objects.create(
                station=station,
                spoken=spoken,
                path=path,
                digest=sm3(sound.content),
                seconds=sound.seconds,
                made_by=by.name,
                made_at=timezone.now(),
            )
            return _write(one, "uploaded", by)
    except BaseException:
        delete_stored(path)
        raise


@transaction.atomic
def hear_sound(*, by: Actor, sound: Announcement) -> bytes:
    """What callers would hear, byte for byte; then it may be chosen. Raises Refused "file_lost"."""
    one = _locked(sound)
    content = read_sound(by=by, sound=one)
    if one.state == SoundState.UPLOADED:
        one.state = SoundState.HEARD
        one.save(update_fields=["state"])
        _write(one, "heard", by)
    return content


@transaction.atomic
def choose_sound(*, by: Actor, sound: Announcement) -> Announcement:
    """The next one for the exchange, or an old one again. Raises Refused "not_heard", "wrong_state"."""
    one = _locked(sound)
    if one.state == SoundState.UPLOADED:
        raise Refused(_("先试听一遍，再启用。"), code="not_heard")
    if one.state in (SoundState.CHOSEN, SoundState.USED):
        raise Refused(_("这一段已经启用。"), code="wrong_state")
    same = Announcement.objects.filter(station=one.station_id, spoken=one.spoken, state=SoundState.CHOSEN)
    same.update(state=SoundState.HEARD)
    one.state = SoundState.CHOSEN
    one.save(update_fields=["state"])
    return _write(one, "chosen", by)


@transaction.atomic
def sound_is_used(*, by: Actor, sound: Announcement) -> Announcement:
    """It lies in the exchange now: it is in use, and only now the one before is not. Again is nothing new."""
    one = _locked(sound)
    if one.state != SoundState.CHOSEN:
        return one
    now = timezone.now()
    same = Announcement.objects.filter(station=one.station_id, spoken=one.spoken, state=SoundState.USED)
    same.update(state=SoundState.ENDED, ended_at=now)
    one.state, one.used_at, one.ended_at = SoundState.USED, now, None
    one.save(update_fields=["state", "used_at", "ended_at"])
    return _write(one, "used", by)


@transaction.atomic
def drop_sound(*, by: Actor, sound: Announcement) -> None:
    """Away with one that is not in use. Raises Refused "wrong_state"."""
    one = _locked(sound)
    if one.state in (SoundState.CHOSEN, SoundState.USED):
        raise Refused(_("正在使用的不能删。先启用另一段。"), code="wrong_state")
    _write(one, "dropped", by)
    transaction.on_commit(partial(delete_stored, one.path))
    one.delete()


def read_sound(*, by: Actor, sound: Announcement) -> bytes:
    """The stored file. Raises Refused "file_lost" where it is gone or another one."""
    try:
        content = load(sound.path)
    except OSError:
        content = b""
    if sm3(content) != sound.digest:
        raise Refused(_("这段声音打不开，可能已损坏。请重新上传。"), code="file_lost")
    return content


def _locked(sound: Announcement) -> Announcement:
    return Announcement.objects.select_for_update(of=("self",)).get(pk=sound.pk)


def _write(one: Announcement, verb: str, by: Actor) -> Announcement:
    data = {"spoken": one.spoken, "digest": one.digest}
    write(chain=one.chain, verb=f"sound.{verb}", by=by, place=one.station_id, data=data)
    return one
