"""Texts to learn from or to judge, one JSON object a line: {"id", "text", …}."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused


@dataclass(frozen=True, slots=True)
class Row:
    """`value`: what the named field holds, None where it is missing or null."""

    id: Any
    text: str
    value: Any = None


def read_rows(path: Path, *, field: str = "") -> list[Row]:
    """Return every row; no other field is looked at. Raises Refused "unreadable" with the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(_("文件读不了：%(why)s") % {"why": error}, code="unreadable") from None
    return list(_rows(text, field))


def _rows(text: str, field: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _row(line, number, field)


def _row(line: str, number: int, field: str) -> Row:
    try:
        held = json.loads(line)
    except ValueError as error:
        raise _bad(number, str(error)) from None
    if not isinstance(held, dict) or "id" not in held or not isinstance(held.get("text"), str):
        raise _bad(number, _("每行要有 id 和 text（文字）"))
    return Row(held["id"], held["text"], held.get(field) if field else None)


def _bad(number: int, why: str) -> Refused:
    return Refused(_("第 %(n)d 行读不懂：%(why)s") % {"n": number, "why": why}, code="unreadable")
