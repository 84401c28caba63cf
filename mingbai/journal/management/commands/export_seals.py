"""export_seals: writes the roots of all seals to a file to be kept elsewhere, one JSON object a line.

Whoever can alter the whole database can also make new seals: only a root that left the house proves it.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mingbai.journal.models import Seal
from mingbai.journal.rules import instant


class Command(BaseCommand):
    help = "导出封存的根，供另处保存 (exports the roots of the seals)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        draft = file.with_name(f".{file.name}.part")
        count = 0
        with draft.open("w", encoding="utf-8") as out:
            fields = Seal.objects.order_by("id").values_list("id", "at", "count", "prev", "root")
            for number, at, chains, prev, root in fields.iterator(chunk_size=5000):
                line = {"id": number, "at": instant(at), "count": chains, "prev": prev, "root": root}
                out.write(json.dumps(line) + "\n")
                count += 1
        draft.replace(file)
        self.stdout.write(f"已导出 {count} 个封存的根。")
