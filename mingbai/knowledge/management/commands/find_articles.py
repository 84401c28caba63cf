"""find_articles FILE.jsonl -k 10 [--model MODEL]: for each question the articles it is about, best first."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.refused import Refused
from mingbai.knowledge.learning.rows import read_rows
from mingbai.knowledge.queries.learned import article_finder

MOST = 1_000


class Command(BaseCommand):
    help = '每行一个问题 {"id", "text"}，每行输出 {"id", "articles"}：现行法条，最可能的在前'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl", type=Path)
        parser.add_argument("-k", type=int, default=10, help="每个问题最多几条（默认 10）")
        parser.add_argument("--model", type=Path, help="train_articles 训练的模型")

    def handle(self, *args: Any, file: Path, k: int, model: Path | None, **options: Any) -> None:
        if not 1 <= k <= MOST:
            raise CommandError(f"-k 须在 1 到 {MOST} 之间。")
        try:
            rows = read_rows(file)
            ranked = article_finder(model).rank([row.text for row in rows], k)
        except Refused as reason:
            raise CommandError(f"{reason}{reason.do}") from None
        for row, articles in zip(rows, ranked, strict=True):
            self.stdout.write(json.dumps({"id": row.id, "articles": articles}, ensure_ascii=False))
