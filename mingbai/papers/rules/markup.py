"""A template as text: one line is one paragraph, the sign before it says which; {{名称}} stands for a field.

    # title            ## heading in the text      ^ in the middle      > at the right (signature, date)
    = without indent   | a | b | row of a table    ---  new page        anything else: a paragraph

A line whose fields are all empty is left out. A line with a field that is a list comes once for each of its
items. Nothing else: whoever can write a letter can change a template.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

Kind = Literal["title", "heading", "centre", "right", "plain", "row", "page", "text", "picture"]
Value = str | Sequence[str]

_FIELD = re.compile(r"\{\{([^{}\n]*)\}\}")  # braces end it: one pass, whatever is typed
_BRACE = re.compile(r"\{\{|\}\}|\{%|%\}")
_SIGNS: tuple[tuple[str, Kind], ...] = (
    ("## ", "heading"),
    ("# ", "title"),
    ("^ ", "centre"),
    ("> ", "right"),
    ("= ", "plain"),
)
MOST_LINES = 400


@dataclass(frozen=True)
class Block:
    """One paragraph, or one row of a table with its cells; a new page has neither."""

    kind: Kind
    cells: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.cells[0] if self.cells else ""


def read(body: str) -> list[Block]:
    """The lines of a template, fields unfilled; empty lines part paragraphs and are nothing themselves."""
    return [_block(line.strip()) for line in body.splitlines() if line.strip()]


def _block(line: str) -> Block:
    if set(line) == {"-"} and len(line) >= 3:
        return Block("page")
    if line.startswith("|"):
        return Block("row", tuple(cell.strip() for cell in line.strip("|").split("|")))
    for sign, kind in _SIGNS:
        if line.startswith(sign):
            return Block(kind, (line[len(sign) :].strip(),))
    return Block("text", (line,))


def named(text: str) -> list[str]:
    """The fields that a text names, in their order."""
    return [name.strip() for name in _FIELD.findall(text)]


def fields_of(body: str) -> list[str]:
    """Every field of a template, once, in the order of their coming."""
    return list(dict.fromkeys(named(body)))


def filled(body: str, values: Mapping[str, Value]) -> list[Block]:
    """The template with its fields. A missing value is empty; one of several lines stays several."""
    return [one for block in read(body) for one in _filled(block, values)]


def _filled(block: Block, values: Mapping[str, Value]) -> Iterable[Block]:
    names = [name for cell in block.cells for name in named(cell)]
    lists = [name for name in names if _is_list(values.get(name))]
    rows = max((len(values[name]) for name in lists), default=0) if lists else 1
    for at in range(rows):
        here = {name: _value(values.get(name, ""), at) for name in names}
        if not names or any(here.values()):
            yield from _split(Block(block.kind, tuple(_put(cell, here) for cell in block.cells)))


def _is_list(value: object) -> bool:
    return value is not None and not isinstance(value, str)


def _value(value: Value, at: int) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value[at]).strip() if at < len(value) else ""


def _put(text: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: values[found[1].strip()], text)


def _split(block: Block) -> Iterable[Block]:
    """Several lines of a value are several paragraphs, but stay in their cell of a table."""
    if block.kind == "row":
        yield block
    else:
        lines = block.text.splitlines() or [""]
        yield from (
            Block(block.kind, (line.strip(),)) for line in lines if line.strip() or block.kind == "page"
        )


# ── what is refused ──


def check(body: str, known: Iterable[str], must: Iterable[str] = ()) -> None:
    """Raises Refused "unknown_field", "missing_field", "bad_braces", "no_title", "too_long", field "body"."""
    known = list(known)
    if len(body.splitlines()) > MOST_LINES:
        raise Refused(_("模板最多 %(n)d 行。") % {"n": MOST_LINES}, code="too_long", field="body")
    for number, line in enumerate(body.splitlines(), start=1):
        _check_line(number, line, known)
    check_fields(fields_of(body), known, must)
    if not any(block.kind == "title" for block in read(body)):
        raise Refused(_("模板要有标题：一行以 # 和空格开头。"), code="no_title", field="body")


def _check_line(number: int, line: str, known: list[str]) -> None:
    for name in named(line):
        if name not in known:
            raise Refused(
                _("第 %(n)d 行：没有“%(name)s”这个字段。") % {"n": number, "name": name[:40]},
                code="unknown_field",
                do=_near(name, known),
                field="body",
            )
    if _BRACE.search(_FIELD.sub("", line)):
        raise Refused(
            _("第 %(n)d 行：字段要写成 {{名称}}，前后各两个花括号。") % {"n": number},
            code="bad_braces",
            field="body",
        )


def check_fields(
    names: Iterable[str], known: Iterable[str], must: Iterable[str], *, field: str = "body"
) -> None:
    """The same of a DOCX, whose lines nobody can count."""
    names, known = list(names), list(known)
    for name in names:
        if name not in known:
            raise Refused(
                _("没有“%(name)s”这个字段。") % {"name": name[:40]},
                code="unknown_field",
                do=_near(name, known),
                field=field,
            )
    lacking = [name for name in must if name not in names]
    if lacking:
        raise Refused(
            _("模板里少了必须有的字段：%(names)s。") % {"names": "、".join(lacking)},
            code="missing_field",
            do=_("这些是法律要求写明的，请加回去。"),
            field=field,
        )


def _near(name: str, known: list[str]) -> str:
    found = get_close_matches(name, known, n=3, cutoff=0.3)
    if found:
        return _("是不是：%(names)s？可用的字段列在旁边。") % {"names": "、".join(found)}
    return _("可用的字段列在旁边，照抄就行。")


def as_data(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """As the drawing process takes them."""
    return [{"kind": block.kind, "cells": list(block.cells)} for block in blocks]
