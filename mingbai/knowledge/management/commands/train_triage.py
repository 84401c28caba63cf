"""train_triage FILE.jsonl --field category --out MODEL: learn labels from a city's own texts."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.knowledge.actions.learned import train_triage


class Command(BaseCommand):
    help = '每行 {"id", "text", 标签字段}；写出模型，输出它的说明（用了多少、多准）。没有标签的行也有用'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl", type=Path)
        parser.add_argument("--field", required=True, help="哪个字段是标签，如 category")
        parser.add_argument("--out", metavar="MODEL", type=Path, required=True)

    def handle(self, *args: Any, file: Path, field: str, out: Path, **options: Any) -> None:
        try:
            card = train_triage(by=SYSTEM, file=file, field=field, out=out)
        except Refused as reason:
            raise CommandError(f"{reason}{reason.do}") from None
        except OSError as error:
            raise CommandError(f"模型写不进去：{error}") from None
        self.stdout.write(json.dumps(card, ensure_ascii=False, indent=1))
