"""hotline: the process that runs the telephone line with its exchange (PBX_URL)."""

import asyncio
import signal
from typing import Any

import uvloop
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mingbai.hotline.queries.live import line_station
from mingbai.integrations.asterisk.client import Ari
from mingbai.integrations.asterisk.process import Hotline


class Command(BaseCommand):
    help = "运行 12348 热线与电话交换机的连接 (runs the line)"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PBX_URL:
            raise CommandError("没有配置电话交换机：请设置 PBX_URL、PBX_PASSWORD (no exchange)。")
        station = line_station()
        if not station:
            raise CommandError("市中心还没有登记，热线没有地方归 (no centre of the city)。")
        uvloop.run(_run(station))


async def _run(station: str) -> None:
    line = asyncio.create_task(Hotline(Ari(settings.PBX_URL, settings.PBX_PASSWORD), station).run())
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, line.cancel)
    try:
        await line
    except asyncio.CancelledError:
        pass
