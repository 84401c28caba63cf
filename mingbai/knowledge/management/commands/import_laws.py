"""import_laws DIR: statutes from markdown, one paragraph per article; repeatable, shows what changed."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.knowledge.actions import import_laws
from mingbai.knowledge.actions.laws import LawChange
from mingbai.places.textfile import read_text

MOST_NAMES = 20
"""Names of articles shown for each law; all of them stand in its history."""


class Command(BaseCommand):
    help = "从文件夹导入法律（*.md，每条一段）；可重复执行，显示有哪些变化；任何文件有错则全部不导入"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR")
        parser.add_argument("--on", type=date.fromisoformat, help="修改后的条文自哪天起施行（YYYY-MM-DD）")
        parser.add_argument("--may-vanish", action="store_true", help="文件里没有的现行条文确已废止")

    def handle(self, *args: Any, dir: str, on: date | None, may_vanish: bool, **options: Any) -> None:
        files = self._files(Path(dir))
        try:
            done = import_laws(by=SYSTEM, files=files, on=on, may_vanish=may_vanish)
        except Refused as reason:
            raise CommandError(f"{reason}\n{reason.kept}{reason.do}") from None
        for remark in done.remarks:
            self.stderr.write(remark)
        for change in done.changes:
            for line in self._lines(change):
                self.stdout.write(line)
        self.stdout.write(
            f"共 {len(done.changes)} 部法律：新增 {sum(len(one.new) for one in done.changes)} 条，"
            f"修改 {sum(len(one.changed) for one in done.changes)} 条，"
            f"废止 {sum(len(one.vanished) for one in done.changes)} 条，"
            f"未变 {sum(one.unchanged for one in done.changes)} 条。"
        )

    def _files(self, folder: Path) -> dict[str, str]:
        if not folder.is_dir():
            raise CommandError(f"没有这个文件夹：{folder}")
        try:
            return {path.name: read_text(path) for path in sorted(folder.glob("*.md"))}
        except Refused as reason:
            raise CommandError(f"{folder}：{reason}。什么也没有写入。") from None

    def _lines(self, change: LawChange) -> list[str]:
        """One line for what is new as a whole, one for each kind of change otherwise; silent if unchanged."""
        since = f"（自 {change.on} 起）" if change.on else ""
        if change.is_new:
            return [f"{change.title}：新收入 {len(change.new)} 条{since}"]
        parts = (("新增", change.new), ("修改", change.changed), ("废止", change.vanished))
        return [f"{change.title}：{verb} {_named(names)}{since}" for verb, names in parts if names]


def _named(names: tuple[str, ...]) -> str:
    shown = "、".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} 等 {len(names)} 条"
