"""A mark changes nothing of what a file says, and every reader finds it."""

import io
import zipfile

import pypdfium2
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from mingbai.core.marks import Mark, is_mark, marked

MARK = Mark("导出人 李娜 (li.na)，2026-11-30 12:00，导出编号 K7QF2M9PXA <&> )", "李娜 (li.na)", "卷宗（一）")


def pdf(pages=2):
    from weasyprint import HTML

    words = '<p style="break-after: page">调解协议</p>' * pages
    return HTML(string=f"<title>旧名</title>{words}").write_pdf()


def book():
    made, out = Workbook(write_only=True), io.BytesIO()
    for title in ("按人", "明细"):
        sheet = made.create_sheet(title)
        sheet.append(["编号", "姓名"])
        sheet.append(["P1", "王小明"])
    made.save(out)
    return out.getvalue()


def word():
    document, out = Document(), io.BytesIO()
    document.add_paragraph("决定书")
    document.core_properties.title = "决定书"
    document.save(out)
    return out.getvalue()


def test_a_csv_has_it_in_a_last_line_that_is_known_again():
    content = "﻿编号,姓名\r\nP1,王小明\r\n".encode()
    got = marked(content, "csv", MARK)
    assert got.startswith(content)
    last = got.decode().splitlines()[-1]
    assert "导出编号 K7QF2M9PXA" in last and last.startswith("# ")
    assert is_mark(["# 导出人 李娜", "", ""]) and not is_mark(["# 1", "王小明"]) and not is_mark([])


def test_a_pdf_keeps_every_byte_and_names_who_took_it():
    content = pdf()
    got = marked(content, "pdf", MARK)
    assert got.startswith(content)
    document = pypdfium2.PdfDocument(got)
    told = document.get_metadata_dict()
    assert (told["Keywords"], told["Author"], told["Title"]) == (MARK.text, MARK.who, MARK.title)
    assert len(document) == len(pypdfium2.PdfDocument(content))
    assert "调解协议" in document[0].get_textpage().get_text_range()


def test_a_pdf_may_be_marked_again():
    twice = marked(marked(pdf(), "pdf", MARK), "pdf", Mark("第二次", "王强", "卷宗"))
    assert pypdfium2.PdfDocument(twice).get_metadata_dict()["Keywords"] == "第二次"


def test_a_pdf_with_an_old_table_of_places():
    """As other programs write it: `xref` and `trailer`, not a stream."""
    content = pdf_with_trailer()
    assert pypdfium2.PdfDocument(content)
    told = pypdfium2.PdfDocument(marked(content, "pdf", MARK)).get_metadata_dict()
    assert told["Keywords"] == MARK.text


def pdf_with_trailer():
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 4\n0000000000 65535 f \n" + rows + b"trailer<</Root 1 0 R /Size 4>>\n"
    return body + head + b"startxref\n%d\n%%%%EOF" % len(body)


def test_a_workbook_has_it_in_its_properties_and_at_the_foot_of_every_sheet():
    got = load_workbook(io.BytesIO(marked(book(), "xlsx", MARK)))
    assert (got.properties.description, got.properties.lastModifiedBy) == (MARK.text, MARK.who)
    assert [sheet.oddFooter.left.text for sheet in got] == [MARK.text.replace("&", "&&")] * 2
    rows = [[cell.value for cell in row] for row in got.active]
    assert rows == [["编号", "姓名"], ["P1", "王小明"]], "what is read stays as it was"


def test_a_word_file_has_it_in_its_properties_once():
    twice = marked(marked(word(), "docx", Mark("第一次", "李娜", "x")), "docx", MARK)
    document = Document(io.BytesIO(twice))
    told = document.core_properties
    assert (told.comments, told.last_modified_by, told.title) == (MARK.text, MARK.who, "决定书")
    with zipfile.ZipFile(io.BytesIO(twice)) as archive:
        assert archive.read("docProps/core.xml").count(b"<dc:description") == 1
    assert document.paragraphs[0].text == "决定书"


@pytest.mark.parametrize("suffix", ["pdf", "xlsx", "docx"])
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 cut", b"PK\x03\x04 cut"])
def test_bytes_that_are_no_such_file_are_told(suffix, content):
    with pytest.raises(ValueError):
        marked(content, suffix, MARK)


def test_a_kind_nobody_makes_is_told():
    with pytest.raises(KeyError):
        marked(b"", "exe", MARK)
