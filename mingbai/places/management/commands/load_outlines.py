"""load_outlines FILE --approval NUMBER: outlines of regions from an office's GeoJSON, with its 审图号."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places.actions import load_outlines
from mingbai.places.rules.outlines import read_outlines
from mingbai.places.textfile import read_text


class Command(BaseCommand):
    help = "导入区划轮廓（GeoJSON），须写明地图的审图号"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--approval", required=True, help="审图号，如 辽S(2024)12号")

    def handle(self, *args: Any, file: str, approval: str, **options: Any) -> None:
        path = Path(file)
        try:
            outlines = read_outlines(read_text(path))
            number = load_outlines(by=SYSTEM, outlines=outlines, approval=approval, source=path.name)
        except Refused as reason:
            raise CommandError(f"{file}：{reason}。什么也没有写入。") from None
        self.stdout.write(f"已导入 {number} 个区划的轮廓。")
