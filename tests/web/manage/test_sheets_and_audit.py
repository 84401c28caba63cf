"""Sheets in and out, and the journal for who audits it."""

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from mingbai.core.actor import SYSTEM
from mingbai.journal import actions as journal
from mingbai.journal.models import Entry
from mingbai.people import actions as people
from mingbai.people.models import User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places.models import Region, Station
from mingbai.web.history import VERBS
from tests.cases.factories import NORTH, SOUTH, TOWN, VILLAGE, City, make_case
from tests.web.desk.pages import errors, signed_in, soup, words
from tests.web.manage.pages import post, verbs


def upload(user: User, what: str, text: str | bytes, name: str = "x.csv") -> object:
    raw = text.encode("utf-8-sig") if isinstance(text, str) else text
    return post(user, f"sheets/{what}/", file=SimpleUploadedFile(name, raw), source="年度核对")


def confirmed(user: User, what: str, preview: object) -> object:
    """What the confirmation button of the preview sends."""
    page = soup(preview)
    rows = page.select_one("textarea[name=rows]")
    assert rows is not None
    return post(user, f"sheets/{what}/", rows=rows.get_text(), source="年度核对", confirm="1")


def counts(response: object) -> dict[str, int]:
    facts = soup(response).select_one(".m-facts")
    assert facts is not None
    labels = [one.get_text(strip=True) for one in facts.select("dt")]
    values = [int(one.get_text(strip=True)) for one in facts.select("dd")]
    return dict(zip(labels, values, strict=True))


def test_a_sheet_is_previewed_with_its_refused_rows_and_then_lands(city: City, keeper: User) -> None:
    good, bad = f"{NORTH},新抚中心,county_centre,是,consultation", "999,没有,village_studio,是,"
    text = f"区划代码,名称,层级,已建成,业务\n{good}\n{bad}\n"
    preview = upload(keeper, "stations", text)
    assert counts(preview) == {"新增": 0, "修改": 1, "没有变化": 0, "不能导入": 1}
    assert "第 3 行" in words(preview)
    assert "没有区划" in words(preview)
    assert Station.objects.get(code=NORTH).name != "新抚中心"
    assert counts(confirmed(keeper, "stations", preview))["修改"] == 1
    assert Station.objects.get(code=NORTH).name == "新抚中心"
    assert verbs(f"station:{NORTH}")[-1] == "station.edited"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["regions", "stations", "people"])
def test_what_goes_out_comes_back_unchanged(city: City, keeper: User, what: str, suffix: str) -> None:
    sheet = signed_in(keeper).get(f"/manage/sheets/{what}.{suffix}")
    assert f'filename="{what}-' in sheet.headers["Content-Disposition"]
    assert Entry.objects.filter(verb="people.exported").count() == (what == "people")
    before = Entry.objects.count()
    preview = upload(keeper, what, sheet.content, f"{what}.{suffix}")
    found = counts(preview)
    assert found["没有变化"] > 5
    assert (found["新增"], found["修改"], found["不能导入"]) == (0, 0, 0)
    confirmed(keeper, what, preview)
    assert Entry.objects.count() == before


def test_what_looks_like_a_formula_leaves_and_returns_as_text(city: City, keeper: User) -> None:
    name = '=HYPERLINK("https://evil.example","点这里")'
    people.register_worker(by=SYSTEM, name=name, post="lawyer", region=city.regions[NORTH], code="P9")
    sheet = signed_in(keeper).get("/manage/sheets/people.xlsx").content
    cells = [cell for row in load_workbook(io.BytesIO(sheet)).active for cell in row]
    assert [cell.data_type for cell in cells if cell.value == name] == ["s"]
    assert counts(upload(keeper, "people", sheet, "people.xlsx"))["不能导入"] == 0


def test_people_land_and_bad_rows_are_named(city: City, keeper: User) -> None:
    text = (
        "编号,姓名,岗位,专兼职,所属区划,电话\n"
        f"P1,石大勇,mediator,专职,{VILLAGE},13898765432\n"
        f"P2,无岗位,厨师,专职,{VILLAGE},\n"
        f"P3,坏电话,律师,兼职,{VILLAGE},12\n"
        "P4,没地方,律师,兼职,1,\n"
    )
    preview = upload(keeper, "people", text)
    assert counts(preview) == {"新增": 1, "修改": 0, "没有变化": 0, "不能导入": 3}
    confirmed(keeper, "people", preview)
    worker = Worker.objects.get(code="P1")
    assert (worker.station_id, worker.phone, worker.is_full_time) == (VILLAGE, "13898765432", True)
    moved = f"编号,姓名,岗位,专兼职,所属区划,电话\nP1,石大勇,律师,专职,{TOWN},13898765432\n"
    assert counts(upload(keeper, "people", moved))["修改"] == 1


def test_regions_are_added_and_renamed_by_sheet(city: City, keeper: User) -> None:
    rows = f"210402001009,新社区,village,{TOWN}\n{VILLAGE},裕民新社区,village,{TOWN}\n"
    text = f"区划代码,名称,层级,上级代码\n{rows}"
    confirmed(keeper, "regions", upload(keeper, "regions", text))
    assert Region.objects.get(code="210402001009").name == "新社区"
    assert Region.objects.get(code=VILLAGE).name == "裕民新社区"


def test_rows_of_another_county_are_refused_and_regions_are_the_citys(city: City) -> None:
    county, stranger = city.supervisor, city.workers[SOUTH]
    stations = (
        f"区划代码,名称,层级,已建成\n{SOUTH},抢来的,county_centre,是\n{NORTH},自己的,county_centre,是\n"
    )
    preview = upload(county, "stations", stations)
    assert counts(preview)["不能导入"] == 1
    confirmed(county, "stations", preview)
    assert Station.objects.get(code=NORTH).name == "自己的"
    assert Station.objects.get(code=SOUTH).name != "抢来的"
    persons = f"编号,姓名,岗位,所属区划\n{stranger.code},改名,律师,{NORTH}\n"
    assert counts(upload(county, "people", persons))["不能导入"] == 1
    assert signed_in(county).get("/manage/sheets/regions/").status_code == 403


@pytest.mark.parametrize(
    ("what", "bad"),
    [
        ("people", {"编号": "甲/1"}),
        ("people", {"编号": ".."}),
        ("people", {"编号": "x" * 60}),
        ("people", {"编号": "P\x001"}),
        ("people", {"执业证号": "9" * 80}),
        ("people", {"执业证号": "9\x00"}),
        ("stations", {"站点代码": "甲/1"}),
        ("stations", {"站点代码": "210402 1"}),
        ("stations", {"站点代码": "2" * 40}),
        ("stations", {"地址": "长" * 201}),
        ("stations", {"公开电话": "1" * 33}),
    ],
)
def test_a_value_that_no_page_or_column_could_hold_is_named(
    city: City, keeper: User, what: str, bad: dict[str, str]
) -> None:
    """A code with a slash would take the list of the register, and the residents' list, down."""
    row = {
        "people": {"编号": "P9", "姓名": "石大勇", "岗位": "律师", "所属区划": NORTH},
        "stations": {"区划代码": NORTH, "名称": "甲站", "层级": "county_centre", "已建成": "是"},
    }[what] | bad
    done = post(keeper, f"sheets/{what}/", rows=json.dumps([row]), source="年度核对", confirm="1")
    assert counts(done) == {"新增": 0, "修改": 0, "没有变化": 0, "不能导入": 1}


def test_no_spelling_of_a_column_leads_into_another_county(city: City) -> None:
    county, stranger = city.supervisor, city.workers[SOUTH]
    names = set(Station.objects.values_list("name", flat=True))
    for head, cells in (
        ("区划代码,名称,层级,已建成,code", f"{NORTH},抢来的,county_centre,是,{SOUTH}"),
        ("区划代码,名称,层级,已建成,region,code", f"{NORTH},抢来的,county_centre,是,{SOUTH},{SOUTH}-2"),
    ):
        confirmed(county, "stations", upload(county, "stations", f"{head}\n{cells}\n"))
    assert set(Station.objects.values_list("name", flat=True)) - names == {"抢来的"}
    assert Station.objects.get(code=NORTH).name == "抢来的"
    person = {"编号": stranger.code, "姓名": "改名", "岗位": "律师", "所属区划": NORTH}
    new = {"姓名": "新人", "岗位": "律师", "所属区划": NORTH}
    for row in (
        {**person, "编号": f" {stranger.code}"},
        {**person, "编号": "", " 编号": stranger.code},
        {**new, "编号": "P9", "所属区划 ": SOUTH},
        {**new, "编号": "P9", "站点代码 ": SOUTH},
    ):
        post(county, "sheets/people/", rows=json.dumps([row]), source="年度核对", confirm="1")
    stranger.refresh_from_db()
    assert (stranger.name != "改名", stranger.station_id) == (True, SOUTH)
    assert not Worker.objects.filter(name="新人").exclude(region=NORTH).exists()
    assert not Worker.objects.filter(name="新人", station=SOUTH).exists()


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        ("名称\nx\n".encode(), "x.csv", "缺少列"),
        ("区划代码,名称,层级,已建成\n1,2\n".encode(), "x.csv", "可能不完整"),
        (b"PK\x03\x04 not a workbook", "x.xlsx", "不是有效的 XLSX"),
        (b"\x00\x01", "x.csv", "不是文本"),
    ],
)
def test_a_broken_file_lands_nothing(city: City, keeper: User, raw: bytes, name: str, said: str) -> None:
    before = Entry.objects.count()
    assert said in errors(upload(keeper, "stations", raw, name))
    assert Entry.objects.count() == before


def test_a_sheet_of_gb18030_is_read(city: City, keeper: User) -> None:
    text = f"区划代码,名称,层级,已建成\n{NORTH},新抚中心,county_centre,是\n"
    assert counts(upload(keeper, "stations", text.encode("gb18030")))["修改"] == 1


def test_the_workbook_has_the_columns_as_its_first_row(city: City, keeper: User) -> None:
    sheet = signed_in(keeper).get("/manage/sheets/people.xlsx")
    rows = load_workbook(io.BytesIO(sheet.content)).worksheets[0].iter_rows(values_only=True)
    assert next(rows)[:2] == ("编号", "姓名")
    assert signed_in(keeper).get("/manage/sheets/people.pdf").status_code == 404


def test_the_journal_is_searched_by_chain_actor_verb_and_day(city: City) -> None:
    make_case()
    client = signed_in(city.users[RoleCode.AUDIT_ADMIN])

    def found(query: str) -> list[str]:
        page = soup(client.get(f"/manage/audit/?{query}"))
        return [row.get_text(" ", strip=True) for row in page.select("tbody tr")]

    assert all(f"station:{NORTH}" in row for row in found(f"q=station:{NORTH}"))
    assert found(f"q=station:{NORTH}")
    assert all("case:" in row for row in found("verb=case."))
    assert found(f"since={timezone.localdate()}&until={timezone.localdate()}")
    assert found("until=2000-01-01") == []
    assert found("until=9999-12-31"), "a year out of reach is said to be so, and asks for nothing"
    assert found("who=nobody") == []
    post(city.users[RoleCode.SYSTEM_ADMIN], "partners/new/", name="省法网", code="province")
    assert ["登记协作单位" in row for row in found("who=role-system-admin&verb=partner.")] == [True]


def test_the_journal_is_proven_and_its_seals_are_shown(city: City) -> None:
    journal.seal_all(by=SYSTEM)
    client = signed_in(city.users[RoleCode.AUDIT_ADMIN])
    assert "日志完整" in words(client.post("/manage/audit/verify/"))
    assert len(soup(client.get("/manage/audit/seals/")).select("tbody tr")) >= 1


def test_the_supervisor_does_not_read_the_journal_of_all(city: City, keeper: User) -> None:
    for url in ("audit/", "audit/verify/", "audit/seals/"):
        assert signed_in(keeper).get(f"/manage/{url}").status_code == 403


_TOLD_ELSEWHERE = {"case", "aid", "med", "call", "committee", "hall", "wechat", "demo", "label", "knowledge"}
"""Areas whose history other pages tell, or no page but the audit's, which shows the code."""


def test_what_a_page_tells_of_its_history_is_in_words():
    """Every verb that is written somewhere, of an area that has words at all, has its own."""
    source = "\n".join(path.read_text() for path in (Path(settings.BASE_DIR) / "mingbai").rglob("*.py"))
    written = set(re.findall(r'verb="(\w+\.\w+)"', source))
    areas = {verb.split(".")[0] for verb in VERBS} - _TOLD_ELSEWHERE
    assert sorted(verb for verb in written if verb.split(".")[0] in areas and verb not in VERBS) == []
