"""backup FILE|FOLDER: database and files of one moment in one file, while the house runs; never the key."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.upkeep.actions import back_up, check, rotate
from mingbai.upkeep.rules.rotation import Keep, dated_name


class Command(BaseCommand):
    help = "备份数据库和附件到一个文件（不含主密钥）；运行中可用 (a consistent backup while the server runs)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="文件；给文件夹时按时间取名并轮换旧备份")
        parser.add_argument(
            "--keep", default="7,4,12", metavar="D,W,M", help="文件夹里保留几天、几周、几月的"
        )
        parser.add_argument("--check", action="store_true", help="做完试恢复一次，核对行数和日志")

    def handle(self, *args: Any, file: Path, keep: str, **options: Any) -> None:
        kept = _keep(keep)
        folder = file if file.is_dir() else None
        target = folder / dated_name(timezone.localtime()) if folder else file
        try:
            told = back_up(by=SYSTEM, file=target)
            if options["check"]:
                check(by=SYSTEM, file=target)
            removed = rotate(by=SYSTEM, folder=folder, keep=kept) if folder else []
        except Refused as refused:
            raise CommandError(" ".join(filter(None, [str(refused), str(refused.do)]))) from refused
        if removed:
            self.stderr.write(f"轮换：删去 {len(removed)} 份旧备份。")
        self.stdout.write(f"已备份到 {target}")
        rows = sum(told["facts"]["counts"].values())
        self.stdout.write(
            json.dumps({"file": str(target), "rows": rows, "files": told["files"], "bytes": told["size"]})
        )


def _keep(text: str) -> Keep:
    try:
        days, weeks, months = (int(part) for part in text.split(","))
    except ValueError:
        raise CommandError("--keep 要三个数，例如 7,4,12") from None
    if min(days, weeks, months) < 0 or days < 1:
        raise CommandError("--keep 至少保留一天的备份。")
    return Keep(days, weeks, months)
