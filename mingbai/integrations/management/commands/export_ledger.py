"""`export_ledger DIR --from D --to D [--region CODE]`: the same files for any period."""

import getpass
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.core.actor import Actor
from mingbai.integrations.ledgers.actions import sign
from mingbai.integrations.ledgers.files import write_csv, write_xlsx
from mingbai.integrations.ledgers.registry import LEDGERS, Period
from mingbai.places.queries import register


class Command(BaseCommand):
    help = "导出台账；再导入不会改变任何内容。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
        parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
        parser.add_argument("--region", default="")
        parser.add_argument("--xlsx", action="store_true")
        parser.add_argument("--by", default="", help="谁导出的；不写就记这台机器上的用户名")

    def handle(self, *args: Any, folder: Path, first: date, last: date, region: str, **options: Any) -> None:
        if last < first:
            raise CommandError("结束日期早于开始日期。")
        if region and region not in register().regions:
            raise CommandError(f"没有这个区划：{region}")
        folder.mkdir(parents=True, exist_ok=True)
        period, counts = Period(first, last, region), {}
        write, suffix = (write_xlsx, ".xlsx") if options["xlsx"] else (write_csv, ".csv")
        for ledger in LEDGERS:
            if ledger.export:
                name = f"{ledger.name}{suffix}"
                counts[name] = write(folder / name, ledger.columns, ledger.export(period))
        by = Actor("system", "export_ledger", (options["by"] or _who())[:60])
        sign(by=by, folder=folder, counts=counts, period=period)
        self.stdout.write(json.dumps(counts, ensure_ascii=False))


def _who() -> str:
    """The person behind sudo, else the account: a container's may have no name."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
