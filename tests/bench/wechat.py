"""WeChat messages at fifty a second against the served house, encrypted as the platform sends them.

Each is sent at its moment, whether the ones before were answered or not; then the server is killed, and what
it had answered must be in its database.
"""

import asyncio
import os
import signal
import sqlite3
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mingbai.integrations.wechat.fake import FakeWeChat
from tests.bench.load import Result
from tests.bench.world import World, below

A_SECOND, SECONDS, WARM_UP = 50, 20, 100
LIMIT_MS, PATIENCE = 500.0, 5.0
"""The figure to reach, and what the platform waits before it tries again."""
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TEXTS = ("老板欠我三个月工资", "邻居占了我家的宅基地😀", "查询 2611123456789 1234", "离婚孩子归谁")


@dataclass
class AccountWorld(World):
    """A house with an official account."""

    @property
    def env(self) -> dict[str, str]:
        account = FakeWeChat(aes_key=KEY)
        known = {"WECHAT_TOKEN": account.token, "WECHAT_APP_ID": account.app_id, "WECHAT_AES_KEY": KEY}
        return super().env | known | {"WECHAT_SECRET": "secret"}


def measure(world: World) -> dict[str, Any]:
    """On the embedded SQLite. `kept`: answered messages that are rows after the server was killed."""
    place = AccountWorld(world.folder, world.url)
    place.found()
    fake = FakeWeChat(aes_key=KEY)
    with place.server() as server:
        asyncio.run(_sent(server.port, fake, WARM_UP, A_SECOND))
        result = asyncio.run(_sent(server.port, fake, A_SECOND * SECONDS, A_SECOND))
        for pid in below(server.pid):
            os.kill(pid, signal.SIGKILL)
    answered = result.statuses[200]
    kept = _rows(place) - WARM_UP
    p99, worst = result.percentile(0.99), result.percentile(1.0)
    return {
        "ratio": round(LIMIT_MS / p99, 2),
        "reached": p99 <= LIMIT_MS and worst <= PATIENCE * 1000 and answered == kept == A_SECOND * SECONDS,
        "p50_ms": round(result.percentile(0.5), 1),
        "p99_ms": round(p99, 1),
        "worst_ms": round(worst, 1),
        "a_second": round(result.rate, 1),
        "answered": answered,
        "kept": kept,
    }


def _rows(place: World) -> int:
    with sqlite3.connect(place.folder / "mingbai.sqlite3") as own:
        return int(own.execute("SELECT count(*) FROM integrations_wechatmessage").fetchone()[0])


async def _sent(port: int, fake: FakeWeChat, count: int, a_second: int) -> Result:
    result, begun = Result(), time.perf_counter()
    tasks = []
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number / a_second - time.perf_counter()))
        tasks.append(asyncio.create_task(_one(port, _request(fake, number), result)))
    await asyncio.gather(*tasks)
    result.wall = time.perf_counter() - begun
    return result


def _request(fake: FakeWeChat, number: int) -> bytes:
    now = int(time.time())
    body = fake.message(f"oFollower{number % 200}", now, Content=TEXTS[number % len(TEXTS)])
    query, sealed = fake.signed(body, now)
    head = f"POST /wechat/?{urlencode(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    return f"{head}Content-Type: text/xml\r\nContent-Length: {len(sealed)}\r\n\r\n".encode() + sealed


async def _one(port: int, request: bytes, result: Result) -> None:
    """One message on a connection of its own, as the platform opens them."""
    begun = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    status = (await reader.read(-1)).split(b" ", 2)[1]
    result.seconds.append(time.perf_counter() - begun)
    result.statuses[int(status)] += 1
    writer.close()
