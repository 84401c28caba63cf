"""The office's announcements in the exchange's folder: put there whole, and only then said to be in use."""

import os
from pathlib import Path

import structlog
from django.conf import settings

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.hotline.actions.sounds import read_sound, sound_is_used
from mingbai.hotline.queries.sounds import wanted_sounds

log = structlog.get_logger(__name__)


def put_sounds(station: str) -> int:
    """Give the exchange what it should play; return how many files are new. Blocks: not for the event loop.

    A file is replaced in one step: who hears the old one hears it to its end. What cannot be written stays
    "chosen", and the old one in use, until the next try.
    """
    if not settings.PBX_SOUNDS:
        return 0
    folder, new = Path(settings.PBX_SOUNDS), 0
    for one in wanted_sounds(station):
        target = folder / f"{one.spoken}.wav"
        try:
            content = read_sound(by=SYSTEM, sound=one)
            if not target.exists() or target.read_bytes() != content:
                _put(target, content)
                new += 1
        except (OSError, Refused) as error:
            log.warning("hotline.sound", spoken=one.spoken, error=str(error))
            continue
        sound_is_used(by=SYSTEM, sound=one)
    return new


def _put(target: Path, content: bytes) -> None:
    """Readable by the exchange's own user, whoever we are."""
    draft = target.with_name(f".{target.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o644)
    draft.replace(target)
