"""Papers as Word files: drawn from filled blocks, or from an office's own file by its fields.

Runs in the drawing process: nothing here may import Django. A file that somebody uploads is looked at before
it is opened: its size unpacked, nothing fetched from outside, no macros, and of the template language only
fields, lists and "where it is not empty".
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

MOST_UNPACKED = 20 * 1024 * 1024
_ACTIVE = frozenset({"vbaProject", "oleObject", "package", "aFChunk", "attachedTemplate", "control"})
_ACTIVE_PARTS = ("macroEnabled", "vbaProject", "activeX")
_FOOTNOTES = "wordprocessingml.footnotes+xml"
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")


class BadFile(Exception):
    """The file is not what it should be; `code` says how, `detail` which part of it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


# ── from blocks ──


def word_of(blocks: Iterable[dict[str, Any]], *, title: str, mark: str = "") -> bytes:
    """The same words as the page, in styles of 公文, to be finished in Word or WPS."""
    from docx import Document

    document = Document()
    _set_page(document, title)
    if mark:
        _paragraph(document, "centre", f"【{mark}】")
    for is_table, group in groupby(blocks, lambda block: block["kind"] == "row"):
        if is_table:
            _table(document, [block["cells"] for block in group])
        else:
            for block in group:
                _block(document, block)
    return _saved(document)


def _set_page(document: Any, title: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    normal.paragraph_format.line_spacing = Pt(28)
    normal.paragraph_format.space_after = Pt(0)
    document.core_properties.title = title
    document.core_properties.author = ""


def _block(document: Any, block: dict[str, Any]) -> None:
    if block["kind"] == "page":
        document.add_page_break()
    else:
        _paragraph(document, block["kind"], block["cells"][0] if block["cells"] else "")


def _paragraph(document: Any, kind: str, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    if kind in ("title", "centre"):
        paragraph.alignment = ALIGN.CENTER
        paragraph.paragraph_format.space_after = Pt(14)
    if kind in ("title", "heading"):
        run.bold = True
    if kind == "title":
        run.font.size = Pt(22)
        paragraph.paragraph_format.line_spacing = Pt(34)
    if kind == "right":
        paragraph.alignment = ALIGN.RIGHT
    if kind == "text":
        paragraph.paragraph_format.first_line_indent = Pt(32)


def _table(document: Any, rows: list[list[str]]) -> None:
    from docx.shared import Pt

    width = max(len(row) for row in rows)
    table = document.add_table(rows=0, cols=width, style="Table Grid")
    for row in rows:
        cells = table.add_row().cells
        for at, text in enumerate(row):
            cells[at].text = text
            for paragraph in cells[at].paragraphs:
                paragraph.paragraph_format.line_spacing = Pt(22)
                for run in paragraph.runs:
                    run.font.size = Pt(14)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# ── an office's own file ──


def check_file(data: bytes) -> None:
    """Raises BadFile "not_word", "too_large", "macros", "outside"."""
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
        names = [info.filename for info in packed.infolist()]
    except zipfile.BadZipFile:
        raise BadFile("not_word") from None
    if "word/document.xml" not in names:
        raise BadFile("not_word")
    if sum(info.file_size for info in packed.infolist()) > MOST_UNPACKED:
        raise BadFile("too_large")
    if any("vbaProject" in name or "activeX" in name for name in names):
        raise BadFile("macros")
    for name in names:
        if name.lower().endswith(".rels"):
            _check_relations(name, packed.read(name))
        if name.lower() == "[content_types].xml":
            _check_types(name, packed.read(name))


def _check_relations(name: str, data: bytes) -> None:
    """Read as XML, not as text: the same reference can be written in many ways."""
    for one in _elements(name, data, "Relationship"):
        kind = one.get("Type", "").rpartition("/")[2]
        if one.get("TargetMode", "").strip().lower() == "external" and kind != "hyperlink":
            raise BadFile("outside", name)
        if kind in _ACTIVE:
            raise BadFile("macros", name)


def _check_types(name: str, data: bytes) -> None:
    for one in (*_elements(name, data, "Override"), *_elements(name, data, "Default")):
        if any(word in one.get("ContentType", "") for word in _ACTIVE_PARTS):
            raise BadFile("macros", name)


def _elements(name: str, data: bytes, tag: str) -> list[Any]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise BadFile("not_word", name) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadFile("outside", name)
    return list(root.iter("{*}" + tag))


def fields_in(data: bytes) -> list[str]:
    """The fields that a Word file names. Raises BadFile, also "bad_template" with what is wrong."""
    check_file(data)
    names: set[str] = set()
    for source in _sources(data):
        names |= _names(source)
    return sorted(names)


def _sources(data: bytes) -> list[str]:
    """Every template text that docxtpl will fill: body, headers, footers, footnotes, properties."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(io.BytesIO(data))
    template.init_docx()
    parts = [template.patch_xml(template.get_xml())]
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        parts += [
            template.patch_xml(template.get_part_xml(part))
            for _key, part in template.get_headers_footers(uri)
        ]
    notes = [one for one in template.docx.part.package.iter_parts() if one.content_type.endswith(_FOOTNOTES)]
    parts += [template.patch_xml(_text(one.blob)) for one in notes]
    properties = template.docx.core_properties
    return parts + [getattr(properties, name) or "" for name in _PROPERTIES]


def _text(blob: bytes) -> str:
    try:
        return blob.decode()
    except UnicodeDecodeError:
        raise BadFile("not_word") from None


def _names(source: str) -> set[str]:
    """Everything but fields, lists and conditions is refused: no calls, no attributes, no filters."""
    from jinja2 import Environment, TemplateSyntaxError, meta, nodes

    allowed = (
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.For, nodes.If, nodes.Not,
        nodes.And, nodes.Or,
    )  # fmt: skip
    try:
        tree = Environment(autoescape=True).parse(source)
    except TemplateSyntaxError as error:
        raise BadFile("bad_template", str(error.message)) from None
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, allowed):
            raise BadFile("bad_template", type(node).__name__)
    return set(meta.find_undeclared_variables(tree))


def word_from(data: bytes, values: Mapping[str, Any]) -> bytes:
    """The office's file with its fields filled; values are text, never markup."""
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

    fields_in(data)
    template = DocxTemplate(io.BytesIO(data))
    template.render(dict(values), SandboxedEnvironment(autoescape=True), autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def start_file(blocks: Iterable[dict[str, Any]], lists: Iterable[str], *, title: str) -> bytes:
    """A Word file to begin one's own from: the template's words with {{fields}}, lists as docxtpl wants."""
    wanted = set(lists)
    opened = [one for block in blocks for one in _with_loop(block, wanted)]
    return word_of(opened, title=title)


def _with_loop(block: dict[str, Any], lists: set[str]) -> list[dict[str, Any]]:
    found = [
        name.strip()
        for cell in block["cells"]
        for name in re.findall(r"\{\{([^{}\n]*)\}\}", cell)
        if name.strip() in lists
    ]
    if not found:
        return [block]
    name = found[0]
    cells = [re.sub(r"\{\{\s*" + re.escape(name) + r"\s*\}\}", "{{ 项 }}", cell) for cell in block["cells"]]
    kind = "text" if block["kind"] == "row" else block["kind"]
    return [
        {"kind": "plain", "cells": ["{%p for 项 in " + name + " %}"]},
        {"kind": kind, "cells": ["  ".join(cells)]},
        {"kind": "plain", "cells": ["{%p endfor %}"]},
    ]
