"""rebuild_search: the search index anew, without a gap; says what was wrong with the old one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.knowledge.actions import index_faults, rebuild_search


class Command(BaseCommand):
    help = "重建检索索引（边用边建，一次切换）；--check 只检查，有损坏时退出码为 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查，不重建")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            if faults := index_faults(by=SYSTEM):
                raise CommandError(f"检索索引已损坏：{'；'.join(faults)}。请运行 rebuild_search。")
            self.stdout.write("检索索引完好。")
            return
        try:
            done = rebuild_search(by=SYSTEM)
        except Refused as reason:
            raise CommandError(f"{reason}{reason.kept}") from None
        if done.damage:
            self.stderr.write(f"原索引已损坏：{'；'.join(done.damage)}。已重建。")
        self.stdout.write(f"检索索引已重建：{done.documents} 条文档，用时 {done.seconds:.1f} 秒。")
