"""`import_ledger DIR`: the ledgers of a centre become stations, people and cases."""

import csv
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.integrations.ledgers.actions import Outcome, land
from mingbai.integrations.ledgers.files import find
from mingbai.integrations.ledgers.registry import KNOWN, LEDGER, LEDGERS


class Command(BaseCommand):
    help = "导入台账（CSV 或 XLSX）。最后一行是各文件的计数（JSON）；全部导入退出码为 0，否则为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"没有这个文件夹：{folder}")
        counts: dict[str, Any] = {}
        outcomes: dict[str, Outcome] = {}
        for name in KNOWN:
            path = find(folder, name)
            if path is None:
                continue
            outcomes[path.name] = outcome = land(
                ledger=LEDGERS.get(name), path=path, progress=self._progress(path.name), by=LEDGER
            )
            counts[path.name] = {"error": outcome.error} if outcome.error else outcome.counts
            self._say(path.name, outcome)
        if not counts:
            raise CommandError(f"文件夹里没有台账文件（{'、'.join(KNOWN)}）。")
        _write_refused(outcomes)
        self.stdout.write(json.dumps(counts, ensure_ascii=False))
        if any(outcome.error or outcome.refused for outcome in outcomes.values()):
            raise SystemExit(1)

    def _progress(self, name: str) -> Any:
        def show(done: int, total: int) -> None:
            filled = 30 * done // max(total, 1)
            end = "\n" if done == total else ""
            self.stderr.write(f"\r{name} [{'█' * filled}{'·' * (30 - filled)}] {done}/{total}", ending=end)
            self.stderr.flush()

        return show

    def _say(self, name: str, outcome: Outcome) -> None:
        if outcome.error:
            self.stderr.write(f"{name}：没有导入任何一行。{outcome.error}")
        for line, reason, _row in outcome.refused:
            self.stderr.write(f"{name} 第 {line} 行未导入：{reason}")


def _write_refused(outcomes: dict[str, Outcome]) -> None:
    """refused.csv beside the database: file, line, reason, and the row as it stood."""
    path = settings.MINGBAI_DATA / "refused.csv"
    path.unlink(missing_ok=True)
    rows = [(name, *refused) for name, outcome in outcomes.items() for refused in outcome.refused]
    if not rows:
        return
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        path.chmod(0o600)
        writer = csv.writer(stream)
        writer.writerow(["文件", "行", "原因", "内容"])
        for name, line, reason, row in rows:
            writer.writerow([name, line, reason, ",".join(row.values())])
