"""train_articles FILE.jsonl --out MODEL: learn from questions and the articles they were answered by."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.knowledge.actions.learned import train_articles


class Command(BaseCommand):
    help = '每行一个问题 {"id", "text", "law": [法条…]}；写出模型，输出它的说明（用了多少、多准、哪里不行）'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl", type=Path)
        parser.add_argument("--out", metavar="MODEL", type=Path, required=True)

    def handle(self, *args: Any, file: Path, out: Path, **options: Any) -> None:
        try:
            card = train_articles(by=SYSTEM, file=file, out=out)
        except Refused as reason:
            raise CommandError(f"{reason}{reason.do}") from None
        except OSError as error:
            raise CommandError(f"模型写不进去：{error}") from None
        self.stdout.write(json.dumps(card, ensure_ascii=False, indent=1))
