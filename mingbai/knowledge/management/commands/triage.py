"""triage FILE.jsonl [--model MODEL]: labels, urgency and risks of each text, with the words behind them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.refused import Refused
from mingbai.knowledge.learning.rows import read_rows
from mingbai.knowledge.queries.learned import label_model
from mingbai.knowledge.rules.triage import triage


class Command(BaseCommand):
    help = '每行 {"id", "text"}，输出 {"id", "labels", "urgency", "risks", "reasons"}；只建议，不决定'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl", type=Path)
        parser.add_argument("--model", type=Path, help="train_triage 训练的模型；没有就按随系统的词表")

    def handle(self, *args: Any, file: Path, model: Path | None, **options: Any) -> None:
        try:
            rows = read_rows(file)
            learned = label_model(model) if model else None
        except Refused as reason:
            raise CommandError(f"{reason}{reason.do}") from None
        labels = learned.rank([row.text for row in rows]) if learned and rows else [None] * len(rows)
        for row, ranked in zip(rows, labels, strict=True):
            found = triage(row.text)
            line = {
                "id": row.id,
                "labels": [list(one) for one in (found.topics if ranked is None else ranked)],
                "urgency": found.urgency.value,
                "risks": list(found.risks),
                "reasons": [[reason.code, reason.words] for reason in found.reasons],
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))
