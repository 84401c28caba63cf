"""Figures and letters on pages: within the own reach, opening their rows, as files without formulas."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone
from openpyxl import load_workbook

from mingbai.figures.models import IssuedLetter
from mingbai.figures.registry import INDICATORS
from mingbai.people.roles import RoleCode
from mingbai.places.models import Station
from mingbai.web.exports import harmless
from tests.cases.factories import CITY, NORTH, SOUTH, City, make_case, make_city
from tests.figures.test_figures import call
from tests.people.factories import make_user
from tests.web.desk.pages import errors, queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
SPAN = {"from": "2025-01-01", "to": "2025-12-31"}


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def whole(city: City) -> Any:
    """Who oversees the whole city."""
    user = make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="whole", name="市监督")
    return signed_in(user)


def row(page: Any, name: str) -> list[str]:
    rows = soup(page).select(".b-figures tbody tr")
    return next(
        [cell.get_text(" ", strip=True) for cell in one.select("th, td")]
        for one in rows
        if one.select_one("th").get_text(strip=True) == name
    )


def test_a_figure_opens_the_rows_it_counts(city: City, whole: Any):
    call(city, date(2025, 5, 1)), call(city, date(2024, 5, 1)), call(city, date(2025, 6, 1), answered=False)
    page = whole.get("/board/figures/", SPAN)
    assert row(page, "热线呼入")[1:3] == ["2", "打进 12348 的全部来电，接没接通都算。"]
    page = whole.get("/board/figures/", {**SPAN, "compare": "1"})
    assert row(page, "热线呼入")[1:4] == ["2", "1", "+100.0%"]
    assert row(page, "接通率")[1:4] == ["50.0%", "100.0%", "-50.0 点"]
    link = soup(page).find("a", string="热线呼入")["href"]
    opened = whole.get(link)
    assert "未接通" in words(opened) and len(soup(opened).select(".c-table tbody tr")) == 12 + 2
    assert "没有这样的记录" in words(whole.get("/board/figures/calls_offered/", {"from": "2001-01-01"}))


def test_each_sees_the_figures_of_their_own_part(city: City, whole: Any):
    call(city, date(2025, 5, 1), region=NORTH), call(city, date(2025, 5, 1), region=SOUTH)
    assert row(whole.get("/board/figures/", SPAN), "热线接听咨询")[1] == "2"
    north = signed_in(city.users[RoleCode.SUPERVISOR])
    assert row(north.get("/board/figures/", SPAN), "热线接听咨询")[1] == "1"
    for page in ("figures", "figures/calls_answered", "letter", "letter/issue"):
        path = f"/board/{page}/"
        assert north.get(path, {**SPAN, "region": CITY}).status_code == 403
        assert north.get(path, {**SPAN, "region": SOUTH}).status_code == 403
    assert signed_in(city.bob).get("/board/figures/").status_code == 403


def test_finance_sees_figures_and_opens_no_matter(city: City):
    case = make_case()
    year = timezone.localdate().year
    asked = {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    finance = signed_in(city.users[RoleCode.FINANCE])
    assert row(finance.get("/board/figures/", {**asked, "group": "net"}), "收到的事项")[1] == "1"
    page = finance.get("/board/figures/matters/", asked)
    assert case.number in words(page) and not soup(page).select(f"a[href='/desk/cases/{case.number}/']")
    page = signed_in(city.users[RoleCode.SUPERVISOR]).get("/board/figures/matters/", asked)
    assert (
        soup(page).select(f"a[href='/desk/cases/{case.number}/']") and case.text not in page.content.decode()
    )


@pytest.mark.parametrize(
    "junk",
    [
        {"from": "gestern", "to": "9999-99-99"},
        {"from": "2025-12-31", "to": "2025-01-01"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"page": "-3"},
        {"page": "x"},
        {"first": "\x00"},
    ],
)
def test_junk_in_the_address_falls_back(whole: Any, junk: dict[str, str]):
    for path in ("/board/figures/", "/board/figures/matters/", "/board/letter/"):
        assert whole.get(path, junk).status_code == 200
    assert whole.get("/board/figures/no-such/").status_code == 404
    assert whole.get("/board/figures/matters/", {"region": "1' OR 1=1"}).status_code == 403
    assert whole.get("/board/figures/", {"as": "exe"}).status_code == 404


def test_files_carry_no_formula(city: City, whole: Any):
    Station.objects.filter(code=NORTH).update(name="=HYPERLINK(1)")
    text = whole.get("/board/figures/stations_built/", {**SPAN, "as": "csv"})
    assert text.headers["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK(1)" in text.content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(whole.get("/board/figures/", {**SPAN, "as": "xlsx"}).content))
    cells = [str(cell.value) for line in book.active.iter_rows() for cell in line]
    assert "热线呼入" in cells and harmless("+1") == "'+1" and harmless("3,288") == "3,288"


def test_the_pages_cost_a_bounded_number_of_queries(city: City, whole: Any):
    for n in range(12):
        call(city, date(2025, 1 + n, 1))
    assert queries(whole, f"/board/figures/calls_answered/?from={SPAN['from']}&to={SPAN['to']}") <= 12
    assert queries(whole, f"/board/letter/?from={SPAN['from']}&to={SPAN['to']}") <= 12


def test_a_letter_is_worded_issued_and_stays(city: City, whole: Any):
    call(city, date(2025, 5, 1))
    page = whole.get("/board/letter/", SPAN)
    assert "接听咨询 1 人次" in words(page) and soup(page).select("a[href^='/board/figures/calls_answered/']")
    at = f"/board/letter/issue/?from={SPAN['from']}&to={SPAN['to']}"
    assert "{calls_answered}" in soup(whole.get(at)).select_one("textarea").text
    text = "全年接听 {calls_answered} 人次。\n\n大家辛苦了。"
    sent = {"number": "抚司发〔2026〕1号", "title": "年度报告", "text": text}
    page = whole.post(at, {**sent, "text": "有 {nothing} 件"})
    assert "没有“nothing”这个数" in errors(page) and not IssuedLetter.objects.exists()
    page = whole.post(at, sent, follow=True)
    letter = IssuedLetter.objects.get()
    assert "全年接听 1 人次。" in words(page) and "大家辛苦了" in words(page) and "一样" in words(page)
    assert (letter.region_id, letter.year, letter.issued_by) == (CITY, 2025, "市监督")
    call(city, date(2025, 7, 1))
    page = whole.get(f"/board/letters/{letter.pk}/")
    assert "全年接听 1 人次。" in words(page) and "报告里 1，今天 2" in words(page)
    assert "已经用过" in errors(whole.post(at, sent))
    assert "年度报告" in words(whole.get("/board/letters/"))


def test_an_issued_letter_keeps_the_definition_it_was_counted_by(
    city: City, whole: Any, monkeypatch: pytest.MonkeyPatch
):
    call(city, date(2025, 5, 1))
    at = f"/board/letter/issue/?from={SPAN['from']}&to={SPAN['to']}"
    sent = {"number": "抚司发〔2026〕1号", "title": "年度报告", "text": "接听 {calls_answered} 人次。"}
    whole.post(at, sent)
    letter = IssuedLetter.objects.get()
    page = f"/board/letters/{letter.pk}/"
    assert "口径变了的" not in words(whole.get(page))
    known = INDICATORS.get("calls_answered")
    stricter = replace(known, definition="接听以后说满一分钟的来电。", only=known.only & Q(ended_at=None))
    monkeypatch.setitem(INDICATORS._items, "calls_answered", stricter)
    said = words(whole.get(page))
    assert "当时：有人接听的来电。" in said and "现在：接听以后说满一分钟的来电。" in said
    assert "接听 1 人次。" in said and "报告里 1，今天 0" in said
    letter.refresh_from_db()
    assert letter.definitions["calls_answered"] == "有人接听的来电。"
    assert letter.figures["calls_answered"]["value"] == 1


def test_who_reads_the_city_without_overseeing_it_issues_nothing(city: City, whole: Any):
    leader = signed_in(city.users[RoleCode.LEADER])
    assert "改文字、签发" not in words(leader.get("/board/letter/", SPAN))
    assert leader.post("/board/letter/issue/", {"number": "1"}).status_code == 403
    north = signed_in(city.users[RoleCode.SUPERVISOR])
    sent = {"number": "新司发1号", "title": "年度报告", "text": "接听 {calls_answered} 人次。"}
    assert north.post(f"/board/letter/issue/?region={NORTH}", sent).status_code == 302
    pk = IssuedLetter.objects.get().pk
    assert leader.get(f"/board/letters/{pk}/").status_code == 200
    south = make_user(RoleCode.SUPERVISOR, region=city.regions[SOUTH], username="south", name="南")
    assert signed_in(south).get(f"/board/letters/{pk}/").status_code == 404
    assert "还没有发过报告" in words(signed_in(south).get("/board/letters/"))
