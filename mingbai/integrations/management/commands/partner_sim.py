"""partner_sim: a partner that sends, answers, goes silent, repeats and contradicts; then both compare."""

import json
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from mingbai.integrations.partners.sim import Sim


class _Back(Exception):
    """Takes everything back."""


class Command(BaseCommand):
    help = "模拟协作热线，最后对账 (a simulated partner; both sides are compared at the end)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--exchanges", type=int, default=500)
        parser.add_argument("--faults", type=float, default=0.2, help="0 to 0.9: share of calls that fail")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--keep", action="store_true", help="留下数据 (else everything is taken back)")

    def handle(self, *args: Any, exchanges: int, faults: float, seed: int, keep: bool, **rest: Any) -> None:
        if not 0 <= faults <= 0.9 or exchanges < 1:
            raise CommandError("--faults 为 0 到 0.9，--exchanges 至少 1。")
        if "127.0.0.1" not in settings.ALLOWED_HOSTS:
            raise CommandError("ALLOWED_HOSTS 里没有 127.0.0.1。")
        told: dict[str, Any] = {}
        try:
            with nullcontext() if keep else transaction.atomic():
                told = Sim(seed=seed, faults=faults).run(exchanges)
                if not keep:
                    raise _Back
        except _Back:
            pass
        self.stdout.write(json.dumps(told, ensure_ascii=False))
        if told["disagree"] or told["waiting"]:
            raise CommandError("两边对不上。")
