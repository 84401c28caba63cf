"""Files that people hand in: divisions, notices of holidays, rows of sheets; each refusal names its place."""

from datetime import date

import pytest

from mingbai.core.refused import Refused
from mingbai.core.workdays import Day, Workdays
from mingbai.places.rules.divisions import read_divisions, station_name
from mingbai.places.rules.notice import moved_days, read_notice
from mingbai.places.rules.sheets import region_values, station_values
from mingbai.places.textfile import read_text

HEAD = "code,name,level,parent\n"
CITY = "210400000000,抚顺市,city,210000000000\n"
COUNTY = "210402000000,新抚区,county,210400000000\n"


def test_parents_come_before_children_whatever_the_order():
    divisions = read_divisions(HEAD + COUNTY + "\n" + CITY)
    assert [(d.code, d.line) for d in divisions] == [("210400000000", 4), ("210402000000", 2)]


def test_a_city_without_counties_has_its_townships_below_it():
    divisions = read_divisions(HEAD + CITY + "210400001000,虎门镇,township,210400000000\n")
    assert divisions[1].parent == "210400000000"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "空的"),
        ("code,name\n1,2\n", 1, "level、parent"),
        (HEAD, 1, "没有市"),
        (HEAD + CITY + "21040200000,新抚区,county,210400000000\n", 3, "12 位"),
        (HEAD + CITY + "２１０４０２００００００,新抚区,county,210400000000\n", 3, "12 位"),
        (HEAD + CITY + "210402000000,,county,210400000000\n", 3, "名称"),
        (HEAD + CITY + "210402000000,新抚区,district,210400000000\n", 3, "层级"),
        (HEAD + CITY + COUNTY + COUNTY, 4, "第 3 行已有"),
        (HEAD + CITY + "210402000000,新抚区,county,999999999999\n", 3, "不在文件里"),
        (HEAD + CITY + "210402000000,新抚区,county,210402000000\n", 3, "层级不比它高"),
        (HEAD + CITY + "210402000000,新抚区\n", 3, "应有 4 列"),
        (HEAD + CITY + "211000000000,辽阳市,city,210000000000\n", 3, "只能有一个市"),
        (HEAD + CITY + '210402000000,"新抚区,county,210400000000\n', 3, "CSV"),
    ],
)
def test_a_bad_divisions_file_names_line_and_reason(text, line, reason):
    with pytest.raises(Refused, match=f"第 {line} 行：.*{reason}") as refused:
        read_divisions(text)
    assert refused.value.code == "bad_divisions"


@pytest.mark.parametrize(
    ("name", "level", "station"),
    [
        ("抚顺市", "city", "抚顺市公共法律服务中心"),
        ("新抚区", "county", "新抚区公共法律服务中心"),
        ("站前街道", "township", "站前街道公共法律服务工作站"),
        ("裕民社区居委会", "village", "裕民社区居委会公共法律服务工作室"),
    ],
)
def test_stations_are_named_as_people_there_write(name, level, station):
    assert station_name(name, level) == station


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_as_it_was_saved(tmp_path, encoding):
    path = tmp_path / "x.csv"
    path.write_bytes((HEAD + CITY).encode(encoding))
    assert read_text(path) == HEAD + CITY


@pytest.mark.parametrize("content", [b"\x00\x01", b"\xff\xff\xff", None])
def test_what_is_no_text_is_refused(tmp_path, content):
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_text(path)
    assert refused.value.code == "unreadable"


# ── notices ──

# A notice of 2027 as it might be: the holidays of the law, two worked weekends, one day of December.
OFF = [
    *("2027-01-01", "2027-01-02", "2027-01-03"),
    *(f"2027-02-{n:02}" for n in range(5, 12)),
    *("2027-04-03", "2027-04-04", "2027-04-05"),
    *("2027-05-01", "2027-05-02", "2027-05-03", "2027-05-04", "2027-05-05"),
    *("2027-06-09", "2027-09-15"),
    *(f"2027-10-{n:02}" for n in range(1, 8)),
]
WORKED = ["2027-02-14", "2027-05-08"]
NOTICE = (
    "date,workday,name\n"
    + "".join(f"{d},否,假日\n" for d in OFF)
    + "".join(f"{d},是,调休上班\n" for d in WORKED)
)


def test_a_notice_is_read_from_csv_and_from_json():
    notice = read_notice(NOTICE)
    assert notice.year == 2027 and len(notice.days) == len(OFF) + len(WORKED)
    assert notice.days[date(2027, 2, 14)] == Day(True, "调休上班")
    rows = ",".join(
        f'{{"date":"{d}","workday":{"true" if day.workday else "false"},"name":"{day.name}"}}'
        for d, day in notice.days.items()
    )
    same = read_notice(f'{{"year":2027,"source":"国办发明电〔2026〕1号","days":[{rows}]}}')
    assert (same.days, same.source) == (notice.days, "国办发明电〔2026〕1号")


def test_a_notice_may_begin_in_the_december_before():
    notice = read_notice(NOTICE + "2026-12-31,否,元旦\n")
    assert notice.year == 2027 and date(2026, 12, 31) in notice.days


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "缺少列"),
        ("date,workday,name\n", "没有任何日期"),
        (NOTICE.replace("2027-10-01,否,假日\n", ""), "缺少法定节日 2027-10-01"),
        (NOTICE[: len(NOTICE) // 2].rsplit("\n", 1)[0], "缺少法定节日"),
        (NOTICE + "2027-13-01,否,x\n", "日期“2027-13-01”"),
        (NOTICE + "2027-10-08,也许,x\n", "workday"),
        (NOTICE + "2027-10-08,否,\n", "名称"),
        (NOTICE + "2027-10-01,否,国庆节\n", "重复"),
        (NOTICE + "2027-03-03,是,上班\n", "本来就是工作日"),
        (NOTICE + "2026-11-30,否,元旦\n", "不属于"),
        ("{", "JSON"),
        ('{"days": 1}', "days"),
        ('["x"]', "days"),
        ('{"year": 1, "days": []}', "年份"),
        (NOTICE + '"2027', "CSV"),
    ],
)
def test_a_half_or_wrong_notice_is_refused(text, reason):
    with pytest.raises(Refused, match=reason) as refused:
        read_notice(text)
    assert refused.value.code == "bad_notice"


def test_only_days_that_change_sides_have_moved():
    before, after = Workdays({date(2027, 1, 1): Day(False)}), Workdays({date(2027, 1, 4): Day(False)})
    days = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 4)]
    assert moved_days(before, after, days) == {date(2027, 1, 1), date(2027, 1, 4)}


# ── rows of sheets ──

STATION = {
    "区划代码": "210402000000",
    "名称": "新抚区中心",
    "层级": "county_centre",
    "已建成": "是",
}


def test_a_stations_row_becomes_values():
    row = STATION | {
        "独立场所": "否",
        "业务": "法律援助;mediation",
        "窗口数": "",
        "计划建成日期": "2027-03-01",
    }
    assert station_values(row | {"热线席位": 5}) == {
        "region": "210402000000",
        "name": "新抚区中心",
        "tier": "county_centre",
        "is_built": True,
        "own_premises": False,
        "lines": {"legal_aid", "mediation"},
        "windows": 0,
        "planned_on": date(2027, 3, 1),
        "hotline_seats": 5,
    }


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("层级", "省级"),
        ("已建成", "maybe"),
        ("业务", "consultation;魔法"),
        ("窗口数", "-1"),
        ("窗口数", "1000"),
        ("计划建成日期", "明年"),
        ("名称", ""),
        ("名称", "a\x00"),
        ("区划代码", None),
    ],
)
def test_a_bad_cell_is_named_by_its_column(column, cell):
    with pytest.raises(Refused) as refused:
        station_values(STATION | {column: cell})
    assert refused.value.field in {column, "name", "region"}


def test_a_regions_row_takes_words_or_codes():
    row = {"区划代码": "210402000000", "名称": "新抚区", "层级": "县区", "上级代码": "210400000000"}
    found = region_values(row)
    assert found["level"] == "county" and found["parent"] == "210400000000"
    with pytest.raises(Refused):
        region_values(row | {"层级": ""})
    with pytest.raises(Refused):
        region_values(row | {"名称": ""})
