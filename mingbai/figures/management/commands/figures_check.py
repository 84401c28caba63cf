"""`figures_check --from D --to D [--region CODE]`: recounts from the raw times and places, row by row."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.figures.recount import differences
from mingbai.figures.rules import Period


class Command(BaseCommand):
    help = "逐行重数一段时间的数据，和报告里的对；不一样就逐个列出（退出码 1）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
        parser.add_argument("--region", default="")

    def handle(self, *args: Any, first: date, last: date, region: str, **options: Any) -> None:
        if last < first:
            raise CommandError("结束日期早于开始日期。")
        found = differences(Period(first, last, region))
        for one in found:
            self.stderr.write(
                f"{one.code}：报告数 {one.shown}，逐行数 {one.counted}；例如 {'、'.join(one.examples)}"
            )
        self.stdout.write(json.dumps({"differences": len(found)}))
        if found:
            raise SystemExit(1)
