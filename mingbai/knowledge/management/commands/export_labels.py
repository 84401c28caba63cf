"""export_labels OUT.jsonl [--field topic]: what people confirmed, as train_triage reads it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.knowledge.models import Label


class Command(BaseCommand):
    help = '导出经人确认的标签，每行 {"id", "text", "category"}，供 train_triage 训练；姓名、电话已去掉'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", metavar="OUT.jsonl", type=Path)
        parser.add_argument("--field", default="topic")

    def handle(self, *args: Any, out: Path, field: str, **options: Any) -> None:
        rows = Label.objects.filter(field=field).order_by("at", "id")
        lines = (json.dumps(_line(row), ensure_ascii=False) + "\n" for row in rows.iterator())
        try:
            with out.open("w", encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as error:
            raise CommandError(f"写不进去：{error}") from None
        self.stdout.write(f"导出 {rows.count()} 行。")


def _line(row: Label) -> dict[str, Any]:
    return {"id": row.pk, "text": row.text, "category": row.label}
