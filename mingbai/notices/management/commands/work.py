"""work: sends what the outbox holds and runs the periodic jobs; several may run; SIGTERM ends one."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.core.actor import SYSTEM
from mingbai.core.presence import Busy, announce
from mingbai.journal.actions import claim_key
from mingbai.journal.queries import key_fits
from mingbai.notices.worker import Worker


class Command(BaseCommand):
    help = "发送通知，运行定时任务 (sends notices and runs the periodic jobs)"
    requires_system_checks = ()  # `make check` runs them; a start should be quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完眼前的就退出 (do what is due and end)")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        if not key_fits(settings.MINGBAI_KEY):
            raise CommandError("这些数据不是用这把主密钥写的，不能启动 (another master key)。")
        try:
            announce(settings.MINGBAI_DATA)
        except Busy as busy:
            raise CommandError(str(busy)) from busy
        claim_key(by=SYSTEM)
        worker = Worker()
        if once:
            while worker.round():
                pass
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.stopping.set())
        worker.run()
