"""The client of Asterisk's REST interface (ARI): about twenty verbs and one stream of events.

Nothing of SIP or media is here. Shapes of requests and events: Asterisk's ARI documentation, version 22.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from mingbai.integrations.asterisk.wire import Wire, WireError
from mingbai.integrations.asterisk.words import (
    APP,
    CONNECTED,
    DISCONNECTED,
    EAR,
    HEARD,
    LEG,
    RING_TONE,
    Bridge,
    Channel,
    Event,
    PbxError,
)

log = structlog.get_logger(__name__)
_PATIENCE = 5.0
"""Seconds an answer may take; a slow exchange is treated as one that is away."""
_ARRIVES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between two looks whether a channel that was just made has arrived."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_PING_EVERY, _PING_WITHIN = 2.0, 2.0
"""A stream that broke without a word shows within five seconds."""


class Ari:
    """One exchange. `user` and `password` as in ari.conf."""

    def __init__(self, url: str, password: str, user: str = APP) -> None:
        self.url, self.user, self.password = url.rstrip("/"), user, password
        self.patience = _PATIENCE
        self.wire = Wire(f"{self.url}/ari", user, password)

    async def close(self) -> None:
        await self.wire.close()

    async def ask(self, verb: str, path: str, *, body: Any = None, **params: Any) -> Any:
        """The answer's JSON, None for an empty one. Raises PbxError."""
        given = {name: str(value) for name, value in params.items() if value not in (None, "")}
        content = await self._asked(verb, path, given, body)
        return json.loads(content) if content else None

    async def _asked(self, verb: str, path: str, given: dict[str, str], body: Any) -> bytes:
        try:
            status, content = await self.wire.ask(verb, path, given, body, self.patience)
        except WireError as error:
            raise PbxError(0, str(error)) from error
        if status >= 400:
            raise PbxError(status, content.decode("utf-8", "replace"))
        return content

    async def started(self) -> str:
        """When the exchange was started: another time means that every call of before is over."""
        return str((await self.ask("GET", "asterisk/info", only="status"))["status"]["startup_time"])

    # ── calls ──

    async def answer(self, channel: str) -> None:
        await self.ask("POST", f"channels/{quote(channel)}/answer")

    async def hang_up(self, channel: str) -> None:
        """No error when it is gone already."""
        await self._gone_is_fine("DELETE", f"channels/{quote(channel)}")

    async def dial(
        self,
        channel: str,
        endpoint: str,
        *,
        caller: str,
        seconds: int,
        what: str = LEG,
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        """Ring an endpoint as a channel with this id; it joins our application as `what` when it answers.

        `headers` go along in SIP. False where nobody stands behind the endpoint: Asterisk says so with a 500
        of this text.
        """
        body: dict[str, Any] = {"endpoint": endpoint, "channelId": channel, "callerId": caller}
        added = {f"PJSIP_HEADER(add,{name})": value for name, value in (headers or {}).items()}
        body |= {"timeout": seconds, "app": APP, "appArgs": what, "variables": added}
        try:
            await self.ask("POST", "channels", body=body)
        except PbxError as error:
            if error.status == 500 and "Allocation failed" in str(error):
                return False
            raise
        return True

    async def play(self, channel: str, sound: str, playback: str) -> None:
        """Play a sound of the exchange to one channel; PlaybackFinished tells `playback` and how it ended."""
        path = f"channels/{quote(channel)}/play/{quote(playback)}"
        await self.ask("POST", path, media=f"sound:{sound}")

    async def ring_tone(self, channel: str, playback: str) -> None:
        """Let one channel hear that another telephone rings, until `stop_playing`."""
        path = f"channels/{quote(channel)}/play/{quote(playback)}"
        await self.ask("POST", path, media=f"tone:{RING_TONE}")

    async def stop_playing(self, playback: str) -> None:
        await self._gone_is_fine("DELETE", f"playbacks/{quote(playback)}")

    async def is_playing(self, playback: str) -> bool:
        """Whether it goes on. One that is not there, or whose end was not told, is gone."""
        try:
            await self.ask("GET", f"playbacks/{quote(playback)}")
        except PbxError as error:
            if error.is_gone:
                return False
            raise
        return True

    async def music(self, channel: str, *, on: bool) -> None:
        """Music for somebody on hold."""
        await self.ask("POST" if on else "DELETE", f"channels/{quote(channel)}/moh")

    async def mute(self, channel: str, *, on: bool) -> None:
        """Stop or let through what this channel says."""
        await self.ask("POST" if on else "DELETE", f"channels/{quote(channel)}/mute", direction="in")

    async def channels(self) -> list[Channel]:
        """Every leg that the exchange knows."""
        return [_channel(one) for one in await self.ask("GET", "channels")]

    async def variable(self, channel: str, name: str) -> str:
        """A variable or function of a channel ("PJSIP_HEADER(read,…)"); "" where there is none."""
        try:
            found = await self.ask("GET", f"channels/{quote(channel)}/variable", variable=name)
        except PbxError as error:
            if error.is_gone:
                return ""
            raise
        return str(found["value"])

    async def held_by_us(self) -> frozenset[str]:
        """The channels that are in our application; empty when nobody has subscribed yet."""
        try:
            found = await self.ask("GET", f"applications/{APP}")
        except PbxError as error:
            if error.status == 404:
                return frozenset()
            raise
        return frozenset(found["channel_ids"])

    # ── bridges and recordings ──

    async def bridge(self, bridge: str, kind: str) -> None:
        """Make a bridge with this id ("holding" or "mixing"); harmless when it is there already."""
        try:
            await self.ask("POST", f"bridges/{quote(bridge)}", type=kind)
        except PbxError as error:
            if error.status != 409:
                raise

    async def bridges(self) -> list[Bridge]:
        return [Bridge(one["id"], frozenset(one["channels"])) for one in await self.ask("GET", "bridges")]

    async def join(self, bridge: str, *channels: str) -> None:
        await self.ask("POST", f"bridges/{quote(bridge)}/addChannel", channel=",".join(channels))

    async def leave(self, bridge: str, channel: str) -> None:
        await self._gone_is_fine("POST", f"bridges/{quote(bridge)}/removeChannel", channel=channel)

    async def end_bridge(self, bridge: str) -> None:
        await self._gone_is_fine("DELETE", f"bridges/{quote(bridge)}")

    async def listen(self, channel: str, ear: str, way: str) -> None:
        """A channel of its own that hears what this one says ("in") or is told ("out"), while it lasts."""
        path = f"channels/{quote(channel)}/snoop/{quote(ear)}"
        await self.ask("POST", path, spy=way, app=APP, appArgs=EAR)

    async def record(self, channel: str, name: str) -> None:
        """Record what a channel says, as G.711 A-law under this name, until it ends.

        One that was made a moment ago may still be on its way into our application (409); it is asked again.
        """
        path = f"channels/{quote(channel)}/record"
        for pause in (*_ARRIVES, 0.0):
            try:
                await self.ask("POST", path, name=name, format="alaw", ifExists="overwrite")
                return
            except PbxError as error:
                if error.status != 409 or not pause:
                    raise
            await asyncio.sleep(pause)

    async def stop_recording(self, name: str) -> None:
        await self._gone_is_fine("POST", f"recordings/live/{quote(name)}/stop")

    async def recordings(self) -> list[str]:
        """The names of finished recordings that the exchange still keeps."""
        return [str(one["name"]) for one in await self.ask("GET", "recordings/stored")]

    async def recording(self, name: str) -> bytes | None:
        """The finished file; None while it is not there."""
        path = f"recordings/stored/{quote(name)}/file"
        try:
            status, content = await self.wire.file(path, self.patience)
        except WireError as error:
            raise PbxError(0, str(error)) from error
        if status >= 400 and status != 404:
            raise PbxError(status, content.decode("utf-8", "replace"))
        return content if status < 400 else None

    async def forget_recording(self, name: str) -> None:
        await self._gone_is_fine("DELETE", f"recordings/stored/{quote(name)}")

    # ── seats ──

    async def give_password(self, seat: str, password: str) -> None:
        """Let a seat sign in with this password from now on; "" lets nobody in."""
        fields = {"auth_type": "userpass", "username": seat, "password": password}
        body = {"fields": [{"attribute": name, "value": value} for name, value in fields.items()]}
        path = f"asterisk/config/dynamic/res_pjsip/auth/{quote(seat)}"
        if password:
            await self.ask("PUT", path, body=body)
        else:
            await self._gone_is_fine("DELETE", path)

    async def is_reachable(self, endpoint: str) -> bool:
        """Whether a phone or browser stands behind an endpoint ("PJSIP/seat-1")."""
        try:
            return str((await self.ask("GET", f"endpoints/{endpoint}"))["state"]) == "online"
        except PbxError as error:
            if error.is_gone:
                return False
            raise

    async def _gone_is_fine(self, verb: str, path: str, **params: Any) -> None:
        try:
            await self.ask(verb, path, **params)
        except PbxError as error:
            if not error.is_gone:
                raise

    # ── what happens ──

    async def events(self) -> AsyncIterator[Event]:
        """Events for ever: CONNECTED each time the stream stands, DISCONNECTED each time it broke."""
        pause = _FIRST_PAUSE
        while True:
            try:
                async with connect(
                    self._stream_url(), proxy=None, max_size=2**20, open_timeout=_PATIENCE,
                    ping_interval=_PING_EVERY, ping_timeout=_PING_WITHIN,
                ) as stream:  # fmt: skip
                    pause = _FIRST_PAUSE
                    await self._hear_only(HEARD)
                    yield {"type": CONNECTED}
                    async for text in stream:
                        yield json.loads(text)
            except (OSError, TimeoutError, WebSocketException) as error:
                log.warning("pbx.stream", error=type(error).__name__)
            yield {"type": DISCONNECTED}
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _hear_only(self, types: Iterable[str]) -> None:
        """Most of what the exchange tells is of no use; where it cannot leave that out, it is heard too."""
        try:
            await self.ask(
                "PUT", f"applications/{APP}/eventFilter", body={"allowed": [{"type": one} for one in types]}
            )
        except PbxError as error:
            log.warning("pbx.filter", error=str(error))

    def _stream_url(self) -> str:
        parts = urlsplit(self.url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        query = urlencode({"app": APP, "api_key": f"{self.user}:{self.password}"})
        return f"{scheme}://{parts.netloc}/ari/events?{query}"


def _channel(row: dict[str, Any]) -> Channel:
    created = datetime.fromisoformat(row["creationtime"]).timestamp()
    return Channel(row["id"], row["state"], row["caller"]["number"], row["dialplan"]["exten"], created)
