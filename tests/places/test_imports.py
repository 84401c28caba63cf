"""Sheets of regions and stations: good rows land, bad ones are named, a second time changes nothing."""

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.places import actions
from mingbai.places.models import Region, Station
from mingbai.places.queries import register
from tests.places.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE, make_city, verbs

pytestmark = pytest.mark.django_db

STATIONS = [
    {
        "区划代码": NORTH,
        "名称": "新抚区公共法律服务中心",
        "层级": "county_centre",
        "已建成": "是",
        "独立场所": "是",
        "业务": "legal_aid;mediation;consultation;notary",
        "窗口数": "7",
        "热线席位": "",
        "查询机": "1",
    },
    {
        "区划代码": VILLAGE,
        "名称": "裕民社区居委会公共法律服务工作室",
        "层级": "village_studio",
        "已建成": "是",
        "独立场所": "否",
        "业务": "consultation",
        "窗口数": "",
        "热线席位": "",
        "查询机": "",
    },
]


@pytest.fixture(autouse=True)
def _city(db):
    make_city()


def stations(*rows: dict[str, object]) -> actions.Imported:
    return actions.import_stations(by=SYSTEM, rows=rows, source="stations.csv")


def counts(done: actions.Imported) -> tuple[int, int, int, int]:
    return done.created, done.updated, done.same, len(done.refused)


def test_stations_are_updated_once_and_then_the_same():
    assert counts(stations(*STATIONS)) == (0, 2, 0, 0)
    row = register().stations[VILLAGE]
    assert row.is_built and row.lines == {"consultation"}
    assert Station.objects.get(code=NORTH).windows == 7
    token = register().token
    assert counts(stations(*STATIONS)) == (0, 0, 2, 0)
    assert register().token == token
    assert verbs(f"station:{VILLAGE}") == ["station.created", "station.edited"]


def test_good_rows_land_and_bad_ones_say_why():
    bad = [
        STATIONS[0] | {"业务": "magic"},
        STATIONS[0] | {"区划代码": "999999999999"},
        STATIONS[0] | {"已建成": ""},
        STATIONS[0] | {"代办站点": "999"},
        STATIONS[0] | {"已建成": "否", "承办转来事项": "是"},
    ]
    done = stations(bad[0], STATIONS[1], *bad[1:])
    assert counts(done) == (0, 1, 0, 5)
    assert [(row.line, row.code) for row in done.refused] == [
        (2, "bad_value"),
        (4, "unknown_region"),
        (5, "bad_value"),
        (6, "unknown_station"),
        (7, "not_built"),
    ]
    assert "业务：没有这项业务：magic" in done.refused[0].reason
    assert Station.objects.get(code=NORTH).windows == 0


def test_a_column_that_is_missing_leaves_its_values_alone():
    stations(*STATIONS)
    short = {name: STATIONS[0][name] for name in ("区划代码", "名称", "层级", "已建成")}
    assert counts(stations(short)) == (0, 0, 1, 0)
    assert Station.objects.get(code=NORTH).windows == 7
    assert register().stations[NORTH].lines >= {"notary"}


def test_a_second_station_comes_by_its_own_code_with_its_point():
    new = STATIONS[0] | {"站点代码": f"{NORTH}-2", "名称": "分中心", "纬度": "41.87", "经度": "123.9"}
    assert counts(stations(new)) == (1, 0, 0, 0)
    assert str(Station.objects.get(code=f"{NORTH}-2").latitude) == "41.870000"
    assert counts(stations(new)) == (0, 0, 1, 0)
    assert counts(stations(new | {"纬度": "41.88"})) == (0, 1, 0, 0)
    assert counts(stations(new | {"纬度": "123.9", "经度": "41.88"})) == (0, 0, 0, 1)
    substitute = STATIONS[1] | {"代办站点": NORTH}
    assert counts(stations(substitute)) == (0, 1, 0, 0)
    assert register().stations[VILLAGE].substitute == NORTH
    assert counts(stations(substitute | {"代办站点": ""})) == (0, 1, 0, 0)


def test_regions_are_added_renamed_and_moved():
    rows = [
        {"code": CITY, "name": "抚顺市", "level": "city", "parent": ""},
        {"code": "210402003000", "name": "新街道", "level": "township", "parent": NORTH},
        {"code": TOWN, "name": "车站街道", "level": "township", "parent": SOUTH},
        {"code": VILLAGE, "name": "裕民社区居委会", "level": "township", "parent": SOUTH},
        {"code": "210402003001", "name": "村", "level": "village", "parent": "999999999999"},
        {"code": "2104", "name": "村", "level": "village", "parent": TOWN},
    ]
    done = actions.import_regions(by=SYSTEM, rows=rows, source="regions.csv")
    assert counts(done) == (1, 1, 1, 3)
    assert [row.line for row in done.refused] == [5, 6, 7]
    assert register().path_names(VILLAGE) == "抚顺市 望花区 车站街道 裕民社区居委会"
    assert Region.objects.get(code="210402003000").valid_from is None
    assert "210402003000" in register().stations
    assert counts(actions.import_regions(by=SYSTEM, rows=rows[:3], source="again")) == (0, 0, 3, 0)
