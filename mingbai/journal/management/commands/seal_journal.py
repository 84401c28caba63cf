"""seal_journal: seals now what moved since the last seal (the worker does it every minute)."""

from typing import Any

from django.core.management.base import BaseCommand

from mingbai.core.actor import SYSTEM
from mingbai.journal.actions import seal_all


class Command(BaseCommand):
    help = "立即封存日志 (seals the journal now)"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已封存 {seal_all(by=SYSTEM)} 条链。")
