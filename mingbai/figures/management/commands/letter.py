"""`letter YEAR [--from D --to D] [--region CODE] [--json]`: the annual report, every figure counted."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from mingbai.core.refused import Refused
from mingbai.figures.letter import YEAR_BEFORE, figures_of, plain, sentence, worded
from mingbai.figures.papers import letter_file
from mingbai.figures.queries import Value
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period, period
from mingbai.papers.enums import Format
from mingbai.places.queries import register


class Command(BaseCommand):
    help = "年度报告：每个数都从记录里数出来。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--from", dest="first", type=date.fromisoformat)
        parser.add_argument("--to", dest="last", type=date.fromisoformat)
        parser.add_argument("--region", default="")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--file", type=Path, help="写成 .pdf 或 .docx 文件")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=languages)

    def handle(self, *args: Any, year: int, region: str, **options: Any) -> None:
        region = region or settings.CITY_CODE
        if region not in register().regions:
            raise CommandError(f"没有这个区划：{region}")
        try:
            asked = period(year, options["first"], options["last"], region, today=timezone.localdate())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        figures = figures_of(asked)
        if options["json"]:
            self.stdout.write(json.dumps(_machine(year, asked, figures), ensure_ascii=False))
            return
        plainly = {key: plain(value.value) for key, value in figures.items()}
        if options["file"]:
            self._write(options["file"], asked, plainly)
            return
        with translation.override(options["language"]):
            for text in worded(plainly):
                self.stdout.write(sentence(text, plainly))

    def _write(self, file: Path, asked: Period, figures: dict[str, Any]) -> None:
        form = file.suffix.lstrip(".").lower()
        if form not in Format.values:
            raise CommandError("文件名要以 .pdf 或 .docx 结尾。")
        title = (
            f"{register().regions[asked.region].name}公共法律服务工作报告（{asked.first} 至 {asked.last}）"
        )
        texts = [sentence(text, figures) for text in worded(figures)]
        on = timezone.localdate()
        try:
            content = letter_file(
                title=title, number="", paragraphs=texts, region=asked.region, on=on, form=form
            )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        file.write_bytes(content)


def _machine(year: int, asked: Period, figures: dict[str, Value]) -> dict[str, Any]:
    return {
        "year": year,
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "region": asked.region,
        "figures": {
            key: {
                "value": plain(value.value),
                "numerator": value.numerator,
                "denominator": value.denominator,
                "rows_url": _rows_url(key, asked),
            }
            for key, value in figures.items()
        },
    }


def _rows_url(key: str, asked: Period) -> str | None:
    """The page where the rows of the figure open; None for a rate, whose parts have pages of their own."""
    code, shown = YEAR_BEFORE.get(key, key), asked.year_before() if key in YEAR_BEFORE else asked
    if code not in INDICATORS:
        return None
    query = {"from": shown.first.isoformat(), "to": shown.last.isoformat(), "region": shown.region}
    return f"/board/figures/{code}/?{urlencode(query)}"
