"""key_sheet FILE: the master key as a page to print twice, for two safes; the file is removed afterwards."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.core.actor import SYSTEM
from mingbai.upkeep.actions import key_sheet


class Command(BaseCommand):
    help = "把主密钥做成可打印的一页（HTML），打印两份后请删去文件 (the master key as a sheet for two safes)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"写不了 {file}：{error.strerror}") from error
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(key_sheet(by=SYSTEM))
        self.stdout.write(f"已写到 {file}：打印两份，分放两个保险柜，然后删去：shred -u {file}")
