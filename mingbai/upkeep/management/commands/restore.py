"""restore FILE: brings a backup back, all of it or nothing; --check only proves it in a scratch place."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.upkeep.actions import check, restore


class Command(BaseCommand):
    help = "恢复备份（先停服务）；--check 只试恢复、核对，不改动 (restores a backup, or proves it)"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="恢复到临时位置，核对行数和日志，再删掉")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            told = check(by=SYSTEM, file=file) if options["check"] else restore(by=SYSTEM, file=file)
        except Refused as refused:
            raise CommandError(" ".join(filter(None, [str(refused), str(refused.do)]))) from refused
        if options["check"]:
            self.stdout.write("备份可以恢复：行数、日志与备份时一致。 The backup is good.")
        else:
            self.stdout.write("已恢复。请执行 manage.py migrate 和 manage.py verify_journal，再启动服务。")
        rows = sum(told["facts"]["counts"].values())
        self.stdout.write(json.dumps({"made_at": told["made_at"], "rows": rows, "files": told["files"]}))
