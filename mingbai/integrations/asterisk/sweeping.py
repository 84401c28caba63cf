"""What the line does beside its calls: passwords of seats, recordings, sounds, the exchange's own records.

In a thread of its own: to encrypt a recording and to put it on the disk takes longer than a call may wait.
"""

import structlog

from mingbai.integrations.asterisk.doing import Exchange
from mingbai.integrations.asterisk.fallback import Fallbacks
from mingbai.integrations.asterisk.fetching import Fetching
from mingbai.integrations.asterisk.sounds import put_sounds
from mingbai.integrations.asterisk.watching import Due
from mingbai.integrations.asterisk.words import PbxError
from mingbai.integrations.asterisk.writing import Desk

log = structlog.get_logger(__name__)
_SOUNDS_EVERY, _FALLBACK_EVERY, _LEFT_OVER_EVERY = 5.0, 10.0, 600.0


class Sweep:
    def __init__(self, ari: Exchange, station: str, due: Due) -> None:
        self.ari, self.station, self.due = ari, station, due
        self.desk = Desk("sweep")
        self.fetching, self.fallbacks = Fetching(ari, self.desk), Fallbacks(station)
        self.passwords: dict[str, str] = {}
        """What the exchange was given, by seat; it forgets them when it starts anew."""

    async def once(self, wanted: dict[str, str]) -> None:
        """Whatever is due. What fails is logged, and tried again the next time."""
        try:
            await self._give_passwords(wanted)
            await self.fetching.fetch()
            if self.due("sounds", _SOUNDS_EVERY):
                await self.desk.ask(lambda: put_sounds(self.station))
            if self.due("fallback", _FALLBACK_EVERY):
                await self.desk.ask(self.fallbacks.land)
            if self.due("left over", _LEFT_OVER_EVERY):
                await self.fetching.clear()
        except PbxError as error:
            log.warning("hotline.sweep", error=str(error))
        except Exception as error:
            log.warning("hotline.sweep", error=repr(error)[:200])

    async def _give_passwords(self, wanted: dict[str, str]) -> None:
        for seat, secret in wanted.items():
            if self.passwords.get(seat) != secret:
                await self.ari.give_password(seat, secret)
                self.passwords[seat] = secret
