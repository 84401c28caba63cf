"""The weekly report, the map of places and open data: pages, files, and who is told."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.figures.actions import land_peer_month, set_open_rule
from mingbai.figures.models import OpenRule
from mingbai.figures.rules import published
from mingbai.figures.weekly import lines_of, send_week, week_before, week_of
from mingbai.notices.models import Notice
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.places.models import Outline
from mingbai.visits.models import Opinion
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, City, make_case
from tests.figures.test_figures import call
from tests.people.factories import make_user
from tests.web.board.test_figures import city, whole  # noqa: F401  fixtures
from tests.web.board.test_letter_files import pdf_text, word_text
from tests.web.desk.pages import queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SUNDAY = TODAY + timedelta(days=6 - TODAY.weekday())
MONDAY = timezone.make_aware(datetime.combine(SUNDAY + timedelta(days=1), time(8, 30)))
SPAN = {"from": "2025-01-01", "to": "2025-12-31"}


# ── the week ──


def test_a_week_is_monday_to_sunday_and_the_last_whole_one_is_sent():
    assert week_before(date(2025, 6, 9), "").first == date(2025, 6, 2)
    assert week_before(date(2025, 6, 15), "") == week_before(date(2025, 6, 9), "")
    assert week_of(date(2025, 1, 1), "").first == date(2024, 12, 30)


def test_the_weekly_page_counts_beside_the_week_before_and_prints(city: City, whole: Any):  # noqa: F811
    for day in (3, 3, 4):
        call(city, date(2025, 6, day))
    call(city, date(2025, 5, 30))
    page = whole.get("/board/weekly/", {"day": "2025-06-05"})
    said = words(page)
    assert "抚顺市公共法律服务周报" in said and "+200.0%" in said
    link = soup(page).find("a", string="热线接听咨询")["href"]
    assert "from=2025-06-02" in link and "to=2025-06-08" in link
    assert "热线接听咨询：3，上周 1。+200.0%" in pdf_text(
        whole.get("/board/weekly/file.pdf", {"day": "2025-06-05"}).content
    )
    assert "上周 1" in word_text(whole.get("/board/weekly/file.docx", {"day": "2025-06-05"}).content)
    assert whole.get("/board/weekly/file.exe").status_code == 404
    for junk in ("gestern", "0001-01-01", "9999-12-31", "\x00"):
        assert whole.get("/board/weekly/", {"day": junk}).status_code == 200
    assert signed_in(city.users[RoleCode.SUPERVISOR]).get(f"/board/weekly/?region={SOUTH}").status_code == 403


def test_supervisors_are_told_once_on_monday_morning(city: City):  # noqa: F811
    User.objects.filter(pk=city.supervisor.pk).update(email="boss@example.cn")
    call(city, TODAY, region=TOWN, hour=0)
    for early in (MONDAY - timedelta(hours=2), MONDAY + timedelta(days=1)):
        assert send_week(early) == 0
    assert send_week(MONDAY) == 1 and send_week(MONDAY + timedelta(minutes=20)) == 0
    notice = Notice.objects.get(template="figures_week")
    assert notice.address == "boss@example.cn"
    assert "热线接听咨询 1" in notice.context
    assert f"day={SUNDAY - timedelta(days=6)}&region={NORTH}" in notice.context


def test_a_week_without_a_record_says_so():
    lines = {line.code: line for line in lines_of(week_of(date(2001, 1, 3), ""))}
    assert lines["answer_rate"].now is None and lines["contacts"].change is None


# ── places ──


def square(west: float, south: float) -> dict[str, Any]:
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_places_are_listed_by_how_much_and_numbered_alike_on_the_map(city: City, whole: Any):  # noqa: F811
    for region in (NORTH, TOWN, SOUTH):
        call(city, date(2025, 5, 1), region=region)
    page = whole.get("/board/map/", SPAN)
    rows = [row.get_text(" ", strip=True) for row in soup(page).select(".c-table tbody tr")]
    assert rows[0].startswith("1 新抚区 2") and "只有列表" in words(page)
    for code, west in ((NORTH, 123.0), (SOUTH, 124.5)):
        Outline.objects.create(
            region=city.regions[code],
            shape=square(west, 41.0),
            approval="辽S(2025)3号",
            source="省图库",
            imported_at=timezone.now(),
        )
    page = soup(whole.get("/board/map/", SPAN))
    shades = [path["class"][-1] for path in page.select("svg path")]
    assert shades == ["c-map__land--4", "c-map__land--2"] and "辽S(2025)3号" in page.text
    assert f"region={NORTH}" in page.select_one(".c-table tbody a")["href"]
    for of in ("coverage", "content", "nonsense"):
        assert whole.get("/board/map/", {**SPAN, "of": of}).status_code == 200
    assert "新抚区,2" in whole.get("/board/map/", {**SPAN, "as": "csv"}).content.decode("utf-8-sig")
    assert whole.get("/board/map/", {**SPAN, "as": "exe"}).status_code == 404
    north = signed_in(city.users[RoleCode.SUPERVISOR])
    assert north.get("/board/map/", {**SPAN, "region": CITY}).status_code == 403
    listed = [row.get_text() for row in soup(north.get("/board/map/", SPAN)).select(".c-table tbody tr")]
    assert listed and not [row for row in listed if city.regions[SOUTH].name in row]
    assert queries(whole, "/board/map/?of=content&from=2025-01-01&to=2025-12-31") <= 12


def test_ranks_by_volume_and_by_rate_and_how_they_changed(city: City, whole: Any):  # noqa: F811
    def cells(of: str) -> list[str]:
        page = soup(whole.get("/board/map/", {**SPAN, "of": of}))
        return [row.get_text(" ", strip=True) for row in page.select(".l-cols .c-table tbody tr")]

    assert cells("calls") == ["1 新抚区 0 –", "2 望花区 0 –"], "no order among nothing"
    for year, region, answered, lost in (
        (2024, NORTH, 1, 3), (2024, SOUTH, 3, 0), (2025, NORTH, 3, 0), (2025, SOUTH, 2, 1),
    ):  # fmt: skip
        for n in range(answered + lost):
            call(city, date(year, 5, 1 + n), answered=n < answered, region=region)
    assert cells("calls") == ["1 新抚区 3 2 → 1", "2 望花区 2 1 → 2"]
    assert cells("answered") == ["1 新抚区 3 3 100.0% 2 → 1", "2 望花区 2 3 66.7% 1 → 2"]
    assert "2 → 1" in whole.get("/board/map/", {**SPAN, "of": "calls", "as": "csv"}).content.decode()
    assert cells("content") == ["1 新抚区 0 0 无数据 –", "2 望花区 0 0 无数据 –"]


def test_the_rank_in_the_province_carries_its_document(city: City, whole: Any):  # noqa: F811
    for month, own in ((202501, 80), (202512, 95)):
        for place, answered in ((CITY, own), ("210900000000", 90)):
            told = {"month": month, "city": place, "offered": 100, "answered": answered}
            land_peer_month(by=SYSTEM, **told, source=f"辽司热线月报 {month}")
    page = soup(whole.get("/board/map/", SPAN)).select_one("section[aria-labelledby=peers]")
    assert page is not None
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert rows == ["2025-01 2 2 辽司热线月报 202501", "2025-12 1 2 辽司热线月报 202512"]
    north = signed_in(city.users[RoleCode.SUPERVISOR])
    assert "全省的名次" not in words(north.get("/board/map/", SPAN))


# ── open data ──


@pytest.mark.parametrize(
    ("cells", "shown", "total"),
    [
        ([10, 20, 30], [10, 20, 30], 60),
        ([0, 20, 30], [0, 20, 30], 50),
        ([3, 20, 30], [None, None, 30], 53),
        ([3, 4, 30, 50], [None, None, None, 50], 87),
        ([3, 0, 0], [None, 0, 0], None),
        ([2, 2, 0], [None, None, 0], None),
        ([0, 0], [0, 0], 0),
    ],
)
def test_small_counts_and_what_gives_them_away_are_withheld(cells: list[int], shown: Any, total: Any):
    assert published(cells, 5) == (shown, total)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=10), st.integers(2, 10))
def test_nothing_withheld_follows_from_what_is_shown(cells: list[int], least: int):
    shown, total = published(cells, least)
    assert all(count is None or count == cells[at] for at, count in enumerate(shown))
    assert all(shown[at] is None for at, count in enumerate(cells) if 0 < count < least)
    hidden = [at for at, count in enumerate(shown) if count is None]
    if hidden and total is not None:
        rest = total - sum(count for count in shown if count is not None)
        # Whoever knows the rule knows that each is at least one: of no single one does a number follow.
        assert len(hidden) >= 2 and rest - (len(hidden) - 1) >= 2 and rest >= 2 * least


def test_open_data_is_for_everybody_and_names_its_rule(city: City):  # noqa: F811
    year = timezone.localdate().year - 1
    for _each in range(7):
        call(city, date(year, 5, 1), region=NORTH)
    call(city, date(year, 5, 1), region=SOUTH)
    page = Client().get("/open/")
    said = words(page)
    assert f"{year}年公共法律服务数据" in said and "不公开" in said and "少于 5 个" in said
    heads = [head.get_text(strip=True) for head in soup(page).select(".c-table thead th")]
    at = next(n for n, head in enumerate(heads) if head.startswith("热线接听咨询"))
    rows = [line.select("th, td") for line in soup(page).select(".c-table tbody tr")]
    cells = [row[at].get_text(strip=True) for row in rows]
    assert cells.count("不公开") == 3 and not {"1", "7", "8"} & set(cells)
    text = Client().get("/open/", {"as": "csv"}).content.decode("utf-8-sig")
    assert "热线接听咨询" in text and "不公开" in text
    assert Client().get("/open/", {"as": "xlsx"}).status_code == 404
    for junk in ("x", "1800", "\x00"):
        assert f"{year}年" in words(Client().get("/open/", {"year": junk}))


def test_the_rule_of_publishing_is_dated_and_edited(city: City):  # noqa: F811
    today = timezone.localdate()
    boss = make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="rule")
    sent = {"least": "10", "source": "抚数据〔2026〕1号", "valid_from": today}
    assert signed_in(boss).post("/manage/dated/open/new/", sent).status_code == 302
    assert OpenRule.objects.get().least == 10
    assert "少于 10 个" in words(Client().get("/open/"))
    for least, source, on in ((1, "依据", today + timedelta(days=1)), (8, "依据", today)):
        with pytest.raises(Refused):
            set_open_rule(by=SYSTEM, least=least, source=source, valid_from=on)


def test_a_promise_of_a_letter_stands_on_the_open_page_with_its_state(city: City):  # noqa: F811
    asked, promised = make_case(text="请市局增加律师"), make_case(text="年底前每个乡镇再添一名律师")
    letter = Opinion.objects.create(source="proposal", station=asked.station, on=TODAY, case=asked)
    Opinion.objects.create(
        source="promise", station=asked.station, on=TODAY, case=promised, part_of=letter, due_on=TODAY
    )
    said = words(Client().get("/open/"))
    assert "再添一名律师" in said and "以前做到" in said and promised.get_state_display() in said
    assert "请市局增加律师" not in said
