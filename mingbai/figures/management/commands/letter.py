"""`letter YEAR [--from D --to D] [--region CODE] [--json]`: the annual report, every figure counted."""

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from mingbai.core.refused import Refused
from mingbai.figures.letter import YEAR_BEFORE, figures_of, plain, sentence, worded
from mingbai.figures.queries import Value
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period, period
from mingbai.places.queries import register


class Command(BaseCommand):
    help = "年度报告：每个数都从记录里数出来。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--from", dest="first", type=date.fromisoformat)
        parser.add_argument("--to", dest="last", type=date.fromisoformat)
        parser.add_argument("--region", default="")
        parser.add_argument("--json", action="store_true")
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
        with translation.override(options["language"]):
            for text in worded(plainly):
                self.stdout.write(sentence(text, plainly))


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
