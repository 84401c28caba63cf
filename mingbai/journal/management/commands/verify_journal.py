"""verify_journal: proves the history whole (exit 0), or names the first entry that is not (exit 1)."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mingbai.journal.queries import Report, verify


class Command(BaseCommand):
    help = "证明日志完整，或指出第一条不对的记录 (proves the history whole)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seals", type=Path, metavar="FILE", help="export_seals 导出的文件，一并核对")

    def handle(self, *args: Any, seals: Path | None = None, **options: Any) -> None:
        report = verify(exported=seals)
        self.stdout.write(f"{report.chains} 条链，{report.entries} 条记录，{report.seals} 次封存。")
        self._say_uncovered(report)
        if report.missing_guards:
            self.stderr.write(f"警告：数据库的防改触发器缺失：{'、'.join(report.missing_guards)}")
        if report.is_whole:
            self.stdout.write("日志完整。 The journal is whole.")
            return
        self.stderr.write(f"日志不完整，共 {report.problem_count} 处。第一处 (first): {report.first}")
        for problem in report.problems[1:]:
            self.stderr.write(f"  {problem}")
        sys.exit(1)

    def _say_uncovered(self, report: Report) -> None:
        if not report.uncovered_entries:
            return
        named = "、".join(report.uncovered)
        self.stdout.write(f"尚未封存 {report.uncovered_entries} 条 (not sealed yet): {named}")
