"""What a mediation writes down: each paper once, what Art. 29 wants in it, the file as one PDF with index."""

import io
import json
from typing import Any

import pypdfium2
import pytest
from django.utils import timezone

from mingbai.cases.actions.files import attach
from mingbai.core.actor import RESIDENT
from mingbai.journal.models import Entry
from mingbai.mediation import actions
from mingbai.mediation.rules.binding import Leaf, index, pages_in
from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.models import Paper
from mingbai.papers.perms import can_see
from mingbai.papers.renderer import RENDERER
from mingbai.papers.rules.markup import check
from mingbai.people.roles import RoleCode
from tests.cases.factories import City
from tests.mediation import factories as made
from tests.mediation.factories import clerk, fresh, parties
from tests.mediation.test_meetings import code

KINDS = [kind for kind in PAPER_KINDS if kind.group == "人民调解"]


@pytest.fixture(scope="module")
def drawing():
    """One drawing process for all tests, ended with them."""
    yield RENDERER
    RENDERER.stop()


def issue(city: City, case: Any, kind: str) -> dict[str, Any]:
    paper = actions.issue_paper(case=case, by=clerk(city), kind=f"med_{kind}")
    return {"paper": paper, **json.loads(paper.fields)}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_words_to_begin_with_hold_what_the_law_wants(kind):
    check(kind.body, [one.name for one in kind.all_fields], [one.name for one in kind.all_fields if one.must])


def test_the_agreement_names_all_and_has_a_place_for_every_mark(city: City):
    case = made.agreed(city)
    said = issue(city, case, "agreement")
    assert len(said["当事人"]) == 2 and any("钱大河" in one for one in said["当事人"])
    assert said["签字处"] == ["赵福山：", "钱大河："] and said["份数"] == "三"
    assert "八百元" in said["协议内容"] and "付八百元，现金，最晚" in said["履行"][0]
    assert "钱大河" not in Entry.objects.get(verb="paper.issued").data
    assert issue(city, case, "agreement")["paper"].pk == said["paper"].pk
    actions.redraft(case=case, by=clerk(city), terms=made.written(content="赔九百元。"))
    assert issue(city, case, "agreement")["paper"].pk != said["paper"].pk, "other words are another paper"


@pytest.mark.parametrize("kind", ["agreement", "ended", "rights"])
def test_what_is_handed_to_all_sides_does_not_name_the_matters_number(city: City, kind: str):
    """With it and the telephone that the agreement names the other side would open the applicant's page."""
    case = made.failed(city) if kind == "ended" else made.agreed(city)
    paper = issue(city, case, kind)["paper"]
    body = next(one.body for one in KINDS if one.code == f"med_{kind}")
    assert "办件编号" not in body and case.number not in paper.text


def test_each_thing_is_written_down_when_it_has_happened(city: City):
    case = made.preparing(city)
    for kind in ("minutes", "agreement", "oral", "confirm", "visit", "ended"):
        assert code(actions.issue_paper, case=case, by=clerk(city), kind=f"med_{kind}") == "nothing_to_issue"
    assert issue(city, case, "register")["来源"] == "当事人申请"
    made.all_agree(city, case)
    assert issue(city, case, "rights")["已告知"] == "赵福山、钱大河"
    for words in ("量了地。", "又谈了一次。"):
        there = [party.pk for party in parties(case)]
        actions.hold(case=case, by=clerk(city), minutes=words, present=there, held_at=timezone.now())
    assert [issue(city, case, "minutes")["记录"] for _n in range(3)] == [
        "量了地。",
        "又谈了一次。",
        "又谈了一次。",
    ]
    actions.fail(case=fresh(case), by=clerk(city))
    ended = issue(city, case, "ended")
    assert "起诉" in "".join(ended["途径"]) and "没有达成协议" in ended["结果"]


def test_an_oral_agreement_has_its_form_and_no_written_one(city: City):
    case = actions.agree_orally(case=made.mediating(city), by=clerk(city), terms=made.oral())
    assert "互相道歉" in issue(city, case, "oral")["协议内容"]
    assert code(actions.issue_paper, case=case, by=clerk(city), kind="med_agreement") == "nothing_to_issue"


def test_the_joint_application_says_until_when_and_what_to_bring(city: City):
    case = made.effective(city)
    said = issue(city, case, "confirm")
    assert said["最晚日期"] and "调解协议" in said["附件"] and len(said["签字处"]) == 2
    barred = made.effective(city, made.written(unfit=("status",)))
    assert code(actions.issue_paper, case=barred, by=clerk(city), kind="med_confirm") == "not_confirmable"


def test_papers_are_for_who_may_read_inside(city: City):
    case = made.agreed(city)
    paper = issue(city, case, "agreement")["paper"]
    assert can_see(city.alice, paper) and can_see(city.supervisor, paper)
    assert not can_see(city.users[RoleCode.LEADER], paper) and not can_see(city.charlie, paper)
    assert not PAPER_KINDS.get("med_agreement").is_public


def test_the_file_is_one_pdf_with_its_index(city: City, drawing: Any):
    case, by = made.effective(city), clerk(city)
    png = b"\x89PNG\r\n\x1a\n" + bytes(2000)
    attach(
        case=case, by=RESIDENT, name="界石照片.png", stream=io.BytesIO(png), size=len(png), by_resident=True
    )
    for kind in ("request", "register", "rights", "agreement", "confirm"):
        issue(city, case, kind)
    actions.number_file(case=case, by=by, committee=made.committee(city))
    pdf = actions.export_file(case=case, by=by)
    opened = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in opened]
    assert pages_in(pdf) == len(texts) == len(opened)
    assert "新抚人调字第1号" in texts[0] and "钱大河" in texts[0]
    listed = texts[1]
    for name in (
        "人民调解申请书",
        "受理登记表",
        "权利义务告知书",
        "界石照片",
        "人民调解协议书",
        "司法确认申请书",
        "还缺",
    ):
        assert name in listed, name
    for number, words in ((3, "人民调解申请书"), (4, "人民调解受理登记表"), (5, "人民调解权利义务告知书")):
        assert texts[number - 1].strip().startswith(words), number
    start = next(n for n, text in enumerate(texts, 1) if text.strip().startswith("人民调解协议书"))
    assert str(start) in listed
    assert Entry.objects.filter(chain=case.chain, verb="med.file_exported").count() == 1


def test_pages_of_the_index_add_up():
    leaves = [Leaf("甲", "一", pages=2), Leaf("乙", "照片"), Leaf("丙", "二", pages=1)]
    rows = [block.cells for block in index(leaves, ["回访记录"], front=2) if block.kind == "row"]
    assert [row[3] for row in rows[1:]] == ["3", "另附", "5"]


def test_with_the_matter_its_papers_lose_their_words(city: City):
    from mingbai.cases.actions.residents import erase_matter
    from mingbai.cases.models import Case

    case = made.effective(city)
    issue(city, case, "agreement")
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=timezone.now(), told_at=timezone.now())
    erase_matter(case=fresh(case), by=clerk(city), at=timezone.now(), reason="到期", verb="retired")
    assert Paper.objects.get(about=case.chain).is_erased


def _handed(case: Any, name: str, content: bytes) -> None:
    stream = io.BytesIO(content)
    attach(case=case, by=RESIDENT, name=name, stream=stream, size=len(content), by_resident=True)


def _picture(kind: str, pages: int = 1) -> bytes:
    from PIL import Image

    sheets = [Image.new("RGB", (900, 1200), colour) for colour in ("red", "green", "blue")[:pages]]
    out = io.BytesIO()
    more = {"save_all": True, "append_images": sheets[1:]} if kind == "PDF" else {}
    sheets[0].save(out, kind, **more)
    return out.getvalue()


def test_what_was_handed_in_is_in_the_file_page_by_page(city: City, drawing: Any):
    case, by = made.effective(city), clerk(city)
    issue(city, case, "request")
    _handed(case, "身份证.jpg", _picture("JPEG"))
    _handed(case, "转账记录.pdf", _picture("PDF", 3))
    _handed(case, "坏的收条.pdf", b"%PDF-1.7\n" + bytes(500))
    _handed(case, "证言.txt", "他当时说了还钱。".encode())
    pdf = actions.export_file(case=case, by=by)
    opened = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in opened]
    assert pages_in(pdf) == len(texts)
    listed = "".join("".join(texts[1:3]).split())
    assert "另附：这个文件转不成页面。" in listed and "坏的收条" in listed and "证言" in listed
    assert [n for n, text in enumerate(texts) if "身份证.jpg（1/1）" in text]
    begins = [n for n, text in enumerate(texts, 1) if "转账记录.pdf（" in text]
    assert len(begins) == 3 and begins == list(range(begins[0], begins[0] + 3))
    assert f"转账记录.pdf{begins[0]}" in listed, "the index names its first page"
    middle = opened[begins[1] - 1].render(scale=0.2).to_pil()
    assert middle.getpixel((middle.width // 2, middle.height // 2))[1] > 90, "the green page is green"
