"""The page of a paper as HTML: A4 after GB/T 9704 (公文格式), filled blocks in, every character escaped.

Runs in the drawing process: nothing here may import Django.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Any

# 三号仿宋, 28 pt from line to line, 22 lines a page; without FangSong, Noto Serif (宋体) stands in.
_STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm;
  @bottom-center { content: "— " counter(page) " —"; font: 14pt "Noto Serif CJK SC", serif; } }
html { font: 16pt/28pt FangSong, "FangSong_GB2312", STFangsong, "Noto Serif CJK SC", serif; color: #000; }
body { margin: 0; }
h1 { font: bold 22pt/34pt "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", serif; text-align: center;
  margin: 0 0 14pt; }
h2 { font: bold 16pt/28pt "Noto Serif CJK SC", serif; margin: 14pt 0 0; }
p { margin: 0; text-indent: 2em; text-align: justify; overflow-wrap: anywhere; }
p.plain { text-indent: 0; }
p.centre { text-indent: 0; text-align: center; margin-bottom: 14pt; }
p.right { text-indent: 0; text-align: right; break-before: avoid; }
p:not(.right) + p.right, table + p.right { margin-top: 28pt; }
p.right + p.plain { margin-top: 14pt; }
table { border-collapse: collapse; width: 100%; margin: 7pt 0; font-size: 14pt; line-height: 22pt; }
td { border: .75pt solid #000; padding: 3pt 6pt; vertical-align: top; overflow-wrap: anywhere; }
td:first-child:nth-last-child(2) { width: 8em; }
tr { break-inside: avoid; }
.page { break-before: page; height: 0; }
p.picture { text-indent: 0; text-align: center; }
p.picture img { max-width: 156mm; max-height: 200mm; }
.mark { position: fixed; top: 38%; left: 0; right: 0; text-align: center; text-indent: 0; color: #0002;
  font: bold 110pt/1 "Noto Serif CJK SC", serif; transform: rotate(-30deg); }
"""
_TAGS = {
    "title": "<h1>{}</h1>",
    "heading": "<h2>{}</h2>",
    "centre": '<p class="centre">{}</p>',
    "right": '<p class="right">{}</p>',
    "plain": '<p class="plain">{}</p>',
    "text": "<p>{}</p>",
    "page": '<div class="page"></div>',
    "picture": '<p class="picture"><img src="{}" alt=""></p>',
}


def html_of(blocks: Iterable[dict[str, Any]], *, title: str, mark: str = "") -> str:
    body = "".join(_group(kind == "row", list(group)) for kind, group in groupby(blocks, _is_row))
    across = f'<p class="mark">{escape(mark)}</p>' if mark else ""
    head = f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{across}{body}</body></html>'


def _is_row(block: dict[str, Any]) -> str:
    return "row" if block["kind"] == "row" else ""


def _group(is_table: bool, blocks: list[dict[str, Any]]) -> str:
    if is_table:
        return f"<table>{''.join(_row(block['cells']) for block in blocks)}</table>"
    return "".join(_TAGS[block["kind"]].format(_text(block["cells"])) for block in blocks)


def _row(cells: list[str]) -> str:
    return f"<tr>{''.join(f'<td>{_lines(cell)}</td>' for cell in cells)}</tr>"


def _text(cells: list[str]) -> str:
    return escape(cells[0]) if cells else ""


def _lines(cell: str) -> str:
    return "<br>".join(escape(line) for line in cell.splitlines())
