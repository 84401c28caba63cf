"""load_holidays FILE: the State Council's notice replaces a year's estimate, and open deadlines follow."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places.actions import load_notice
from mingbai.places.rules.notice import read_notice
from mingbai.places.textfile import read_text


class Command(BaseCommand):
    help = "载入国务院办公厅的节假日安排通知（CSV：date,workday,name；或 JSON），代替推算，并更正未结期限"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--source", default="", help="通知的文号，文件里没有写时必填")

    def handle(self, *args: Any, file: str, source: str, **options: Any) -> None:
        try:
            notice = read_notice(read_text(Path(file)))
            changed = load_notice(
                by=SYSTEM, year=notice.year, days=notice.days, source=source or notice.source
            )
        except Refused as reason:
            raise CommandError(f"{file}：{reason}。什么也没有写入。") from None
        self.stdout.write(f"{notice.year} 年：{len(notice.days)} 天已载入，{len(changed)} 天与原来不同。")
        for day in sorted(changed):
            said = notice.days.get(day)
            self.stdout.write(
                f"{day} {'工作日' if said and said.workday else '休息日'}" if said else f"{day} 恢复平日"
            )
