"""The letter as PDF and Word: a draft says so, an issued one stays as it was sent."""

import io
from datetime import date
from typing import Any

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from docx import Document

from mingbai.core.actor import SYSTEM
from mingbai.figures.models import IssuedLetter
from mingbai.papers import actions
from tests.cases.factories import CITY, SOUTH, City
from tests.figures.test_figures import call
from tests.people.factories import make_user
from tests.web.board.test_figures import SPAN, city, whole  # noqa: F401  fixtures
from tests.web.desk.pages import signed_in

pytestmark = pytest.mark.django_db


def pdf_text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def word_text(content: bytes) -> str:
    return "\n".join(one.text for one in Document(io.BytesIO(content)).paragraphs)


def issue(client: Any) -> IssuedLetter:
    at = f"/board/letter/issue/?from={SPAN['from']}&to={SPAN['to']}"
    sent = {"number": "抚司发〔2026〕1号", "title": "年度报告", "text": "全年接听 {calls_answered} 人次。"}
    client.post(at, sent)
    return IssuedLetter.objects.get()


def test_a_draft_is_counted_now_and_says_that_it_is_one(city: City, whole: Any):  # noqa: F811
    call(city, date(2025, 5, 1))
    said = pdf_text(whole.get("/board/letter/file.pdf", SPAN).content)
    assert "草稿" in said and "接听咨询 1 人次" in said and "抚顺市公共法律服务工作报告" in said


def test_what_was_issued_stays_in_its_file(city: City, whole: Any):  # noqa: F811
    call(city, date(2025, 5, 1))
    letter = issue(whole)
    call(city, date(2025, 7, 1))
    response = whole.get(f"/board/letters/{letter.pk}/file.docx")
    said = word_text(response.content)
    assert "全年接听 1 人次。" in said and "抚司发〔2026〕1号" in said and "草稿" not in said
    assert "attachment" in response["Content-Disposition"]
    assert "接听咨询 2 人次" in word_text(whole.get("/board/letter/file.docx", SPAN).content)


def test_another_county_and_another_form_are_not_there(city: City, whole: Any):  # noqa: F811
    letter = issue(whole)
    south = signed_in(make_user("supervisor", region=city.regions[SOUTH], username="south", name="南"))
    assert south.get(f"/board/letters/{letter.pk}/file.docx").status_code == 404
    assert whole.get(f"/board/letters/{letter.pk}/file.exe").status_code == 404
    assert whole.get("/board/letter/file.exe").status_code == 404


def test_the_city_words_its_letter_as_it_likes(city: City, whole: Any):  # noqa: F811
    body = "# {{标题}}\n= 报送：市人民政府\n{{正文}}\n> {{机构}}"
    actions.write_template(by=SYSTEM, kind="letter", office=None, body=body, note="加报送")
    assert "报送：市人民政府" in word_text(whole.get("/board/letter/file.docx", SPAN).content)


def test_the_command_writes_the_file(city: City, tmp_path):  # noqa: F811
    call(city, date(2025, 5, 1))
    file = tmp_path / "letter.docx"
    call_command("letter", "2025", "--file", str(file), "--region", CITY)
    assert "接听咨询 1 人次" in word_text(file.read_bytes())
    with pytest.raises(CommandError, match="pdf"):
        call_command("letter", "2025", "--file", str(tmp_path / "letter.exe"))
