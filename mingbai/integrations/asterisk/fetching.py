"""Recordings come from the exchange into the house, both voices as one file; none stays there in clear."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import recordings
from mingbai.hotline.queries import live
from mingbai.hotline.rules.voices import stereo
from mingbai.integrations.asterisk.doing import Exchange, recording_key, recording_names
from mingbai.integrations.asterisk.writing import Desk

_OTHER_VOICE_WITHIN = timedelta(seconds=60)
"""So long after the call both voices are waited for; then one alone is kept."""


class Fetching:
    def __init__(self, ari: Exchange, desk: Desk) -> None:
        self.ari, self.desk = ari, desk

    async def fetch(self) -> None:
        now = timezone.now()
        for call in await self.desk.ask(lambda: live.recordings_due(now)):
            content = await self._voices(call.channel, call.ended_at or now, now)
            if content is not None:
                await self.desk.ask(partial(recordings.keep_recording, by=SYSTEM, call=call, content=content))
                await self._forget(call.channel)
            elif call.ended_at and now - call.ended_at > recordings.GIVEN_UP:
                await self.desk.ask(partial(recordings.miss_recording, by=SYSTEM, call=call))

    async def _voices(self, key: str, ended: datetime, now: datetime) -> bytes | None:
        """Both voices in one file; None while one may still come. One that stays away is silence."""
        caller, others = [await self.ari.recording(name) for name in recording_names(key)]
        is_late = now - ended > _OTHER_VOICE_WITHIN
        if (caller is None or others is None) and not (is_late and (caller or others)):
            return None
        return await asyncio.to_thread(stereo, caller or b"", others or b"")

    async def _forget(self, key: str) -> None:
        for name in recording_names(key):
            await self.ari.forget_recording(name)

    async def clear(self) -> None:
        """No voice stays in the exchange in clear, also where a write or this process was lost."""
        keys = sorted({recording_key(name) for name in await self.ari.recordings()} - {""})
        if keys:
            before = timezone.now() - recordings.GIVEN_UP
            ask = partial(recordings.left_over, by=SYSTEM, keys=keys, before=before)
            for key in await self.desk.ask(ask):
                await self._forget(key)
