"""The drawing process: a PDF with Chinese in it, Word files, what an office uploads, and what goes wrong."""

import io
import os
import signal
import sys
import time
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from django.db import connection
from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from pypdfium2.raw import FPDF_PAGEOBJ_TEXT as TEXT
from pypdfium2.raw import FPDFFont_GetIsEmbedded, FPDFTextObj_GetFont

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.papers import actions, renderer
from mingbai.papers.models import Paper
from mingbai.papers.queries import content_of, sample_of
from mingbai.papers.rendering.child import MOST_MEMORY
from tests.papers.conftest import BODY, KIND
from tests.papers.test_issuing import issue


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(document[at].get_textpage().get_text_range() for at in range(len(document)))


def fonts_of(pdf: bytes) -> set[bool]:
    """For each piece of text, whether its font is embedded."""
    with pypdfium2.PdfDocument(pdf) as document:
        pieces = [one for page in document for one in page.get_objects(filter=[TEXT])]
        return {bool(FPDFFont_GetIsEmbedded(FPDFTextObj_GetFont(one))) for one in pieces}


def word_text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def word_file(*lines: str, **properties: str) -> bytes:
    document = Document()
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def with_footnotes(data: bytes, text: str) -> bytes:
    document = Document(io.BytesIO(data))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(
        PackURI("/word/footnotes.xml"), kind, f"<notes>{text}</notes>".encode(), document.part.package
    )
    document.part.relate_to(part, "x/footnotes")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_pdf_holds_its_words_and_its_fonts(city, kind, drawing):
    paper = issue(city, fields={"申请人": "王桂兰", "理由": "<b>&符合", "材料": ["身份证", "欠条"]})
    pdf = content_of(paper, "pdf")
    said = text_of(pdf)
    assert "王桂兰" in said and "<b>&符合" in said and "欠条" in said and paper.text in said
    assert fonts_of(pdf) <= {True}, "every font is in the file"
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 2
        assert document.get_metadata_value("Title") == f"决定书 {paper.text}"
        width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)


def test_a_decision_is_drawn_within_a_second(city, kind, drawing):
    paper = issue(city)
    content_of(paper, "pdf")
    best = min(timed(lambda: content_of(paper, "pdf")) for _ in range(3))
    print(f"PDF of a decision: {best * 1000:.0f} ms")
    assert best < 5, "far beyond a busy machine"


def timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def test_a_void_paper_says_so_across_the_page(city, kind, drawing):
    paper = issue(city)
    actions.void(by=SYSTEM, paper=paper, reason="写错")
    assert "作废" in text_of(content_of(Paper.objects.get(), "pdf"))


def test_the_word_file_says_the_same(city, kind, drawing):
    said = word_text(content_of(issue(city), "docx"))
    assert "王桂兰：" in said and "身份证" in said and "试决字第1号" in said


def test_the_preview_shows_samples_and_says_it_is_one(kind, drawing):
    said = text_of(sample_of(kind, BODY, "pdf"))
    assert "样张" in said and "工资欠条" in said


# ── an office's own Word file ──


def test_an_office_uploads_its_own_word_file(city, kind, drawing):
    own = word_file(
        "本中心的格式",
        "{{文号}}",
        "{{申请人}} {{理由}}",
        "{%p for 项 in 材料 %}",
        "附：{{项}}",
        "{%p endfor %}",
    )
    actions.write_template(
        by=SYSTEM, kind=KIND.code, office=None, body=BODY, note="换格式", docx=own, docx_name="own.docx"
    )
    paper = issue(city, fields={"申请人": "王<桂>兰 {{文号}}", "理由": "符合", "材料": ["身份证", "欠条"]})
    said = word_text(content_of(paper, "docx"))
    assert "本中心的格式" in said and "附：欠条" in said
    assert "王<桂>兰 {{文号}}" in said, "a value is text, not a template"
    assert "王<桂>兰" in text_of(content_of(paper, "pdf"))
    actions.void(by=SYSTEM, paper=paper, reason="写错")
    void = word_text(content_of(Paper.objects.get(), "docx"))
    assert "作废" in void and "王<桂>兰" in void


def test_the_file_to_begin_with_can_be_uploaded_as_it_is(city, kind, drawing):
    from mingbai.papers.rules.markup import as_data, read

    lists = [one.name for one in kind.all_fields if one.is_list]
    start = renderer.docx_start(as_data(read(BODY)), lists, title="决定书")
    actions.write_template(by=SYSTEM, kind=KIND.code, office=None, body=BODY, note="一样", docx=start)
    assert "身份证" in word_text(content_of(issue(city), "docx"))


@pytest.mark.django_db(transaction=True)
def test_a_word_file_is_looked_at_before_the_transaction(kind, monkeypatch):
    inside = []

    def fields_in(docx):
        inside.append(connection.in_atomic_block)
        return [one.name for one in kind.all_fields]

    monkeypatch.setattr(renderer, "fields_in", fields_in)
    actions.write_template(by=SYSTEM, kind=KIND.code, office=None, body=BODY, note="x", docx=b"PK")
    assert inside == [False]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"%PDF-1.7 not a word file", "not_word"),
        (with_part(word_file("x"), "word/vbaProject.bin", b"x"), "macros"),
        (
            with_part(
                word_file("x"),
                "word/_rels/settings.xml.rels",
                b'<Relationship Type="attachedTemplate" Target="http://x/y.dotm" TargetMode="External"/>',
            ),
            "outside",
        ),
        *(
            (with_part(word_file("x"), "word/_rels/settings.xml.rels", rels), code)
            for rels, code in [
                (
                    b'<Relationship Type="x/attachedTemplate" Target="/hyperlink" TargetMode="External"/>',
                    "outside",
                ),
                (b"<Relationship Type='x/image' Target='http://x/y' TargetMode='External'/>", "outside"),
                (b'<Relationship Type="x/image" Target="http://x/y" TargetMode="&#69;xternal"/>', "outside"),
                ('<Relationship Type="x/image" TargetMode="External"/>'.encode("utf-16"), "outside"),
                (b'<!DOCTYPE r [<!ENTITY e "External">]><r/>', "outside"),
                (b'<Relationship Type="x/vbaProject" Target="other.bin"/>', "macros"),
                (b"<Relationship", "not_word"),
            ]
        ),
        (with_part(word_file("x"), "word/media/bomb", b"\0" * 21_000_000), "too_large"),
        (word_file("{{文号}} {{理由}} {{没有}}"), "unknown_field"),
        (word_file("{{文号}}"), "missing_field"),
        (word_file("{{文号}} {{理由}} {{申请人.__class__}}"), "bad_template"),
        (word_file("{{文号}} {{理由}} {{range(9)}}"), "bad_template"),
        (word_file("{{文号}} {{理由}} {{申请人|upper}}"), "bad_template"),
        (word_file("{{文号}} {{理由}} {% for"), "bad_template"),
        (word_file("{{文号}} {{理由}}", title="{{ 'a' * 9999999999 }}"), "bad_template"),
        (word_file("{{文号}} {{理由}}", subject="{{没有}}"), "unknown_field"),
        (with_footnotes(word_file("{{文号}} {{理由}}"), "{{ 'a' * 9999999999 }}"), "bad_template"),
        (b"PK" + b"\0" * 3_000_000, "file_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_word_file_that_cannot_be_used_is_refused(city, kind, drawing, file, code):
    with pytest.raises(Refused) as refused:
        actions.write_template(by=SYSTEM, kind=KIND.code, office=None, body=BODY, note="换", docx=file)
    assert (refused.value.code, refused.value.field) == (code, "docx")


# ── the process itself ──


def test_a_job_that_wants_all_the_memory_fails_alone(drawing):
    drawing.draw({"do": "warm"})
    limits = Path(f"/proc/{drawing._child.pid}/limits").read_text()
    [line] = [one for one in limits.splitlines() if one.startswith("Max address space")]
    assert str(MOST_MEMORY) in line
    status = Path(f"/proc/{drawing._child.pid}/status").read_text()
    [peak] = [int(one.split()[1]) * 1024 for one in status.splitlines() if one.startswith("VmPeak")]
    assert peak < MOST_MEMORY * 3 / 4, "room for large papers"


def test_a_killed_process_is_begun_again(city, kind, drawing):
    paper = issue(city)
    content_of(paper, "docx")
    os.kill(drawing._child.pid, signal.SIGKILL)
    drawing._child.wait()
    assert content_of(paper, "docx")


def test_one_that_dies_at_its_work_is_said_and_nothing_is_lost(city, kind, drawing, monkeypatch):
    paper = issue(city)
    monkeypatch.setattr(renderer, "PATIENCE", 0)
    with pytest.raises(Refused) as refused:
        for _ in range(20):
            drawing.stop()
            content_of(paper, "pdf")
    assert refused.value.code == "not_drawn"
    monkeypatch.undo()
    assert content_of(Paper.objects.get(), "docx")


def test_the_process_knows_neither_key_nor_database(drawing, monkeypatch):
    monkeypatch.setenv("MINGBAI_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    drawing.stop()
    drawing.draw({"do": "docx", "blocks": []})
    assert b"secret" not in Path(f"/proc/{drawing._child.pid}/environ").read_bytes()


def test_the_drawing_library_is_loaded_there_and_not_here(city, kind, drawing):
    content_of(issue(city), "pdf")
    assert "weasyprint" not in sys.modules


def test_nothing_is_fetched_for_a_page(drawing):
    pdf = drawing.draw(
        {"do": "pdf", "title": "", "blocks": [{"kind": "text", "cells": ['<img src="file:///etc/passwd">']}]}
    )
    assert "<img" in text_of(pdf)
