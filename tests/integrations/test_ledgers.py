"""Ledgers in and out: what lands, what is refused and why, and that the same again changes nothing."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import timezone

from mingbai.cases.models import Case, Clock
from mingbai.integrations.ledgers.registry import KNOWN, LEDGERS
from mingbai.integrations.models import LedgerRow
from mingbai.journal.models import Entry
from mingbai.journal.queries import history, verify
from mingbai.notices.models import Notice
from mingbai.people.models import Worker
from mingbai.places.models import Station
from tests.cases.factories import NORTH, SOUTH, TOWN, VILLAGE, City, make_closed
from tests.integrations.ledgers import (
    ORDER_ROWS,
    ORDERS,
    PEOPLE,
    PEOPLE_ROWS,
    STATION_ROWS,
    STATIONS,
    export,
    land,
    refused,
    rows_of,
    text_of,
    write,
    write_all,
    write_xlsx,
)


def changed(rows: list[list[str]], line: int, column: int, value: str) -> list[list[str]]:
    """The rows with one other cell; `line` counts from 0."""
    return [[*row[:column], value, *row[column + 1 :]] if n == line else row for n, row in enumerate(rows)]


def test_a_year_lands_and_the_last_line_counts_it(city: City, folder: Path):
    write_all(folder)
    run = land(folder)
    assert run.code == 0, run.said
    assert {name: sum(run.of(name)[1:]) for name in run.counts} == {
        "stations.csv": 4,
        "people.csv": 3,
        "net_orders.csv": 4,
    }
    assert run.of("net_orders.csv") == (4, 4, 0, 0, 0)
    assert not refused() and "100" not in run.said and "4/4" in run.said


def test_rows_become_stations_people_and_matters_as_they_happened(city: City, folder: Path):
    write_all(folder)
    land(folder)
    station = Station.objects.get(code=NORTH)
    assert (station.windows, station.kiosks, station.own_premises) == (3, 0, True)
    assert not Station.objects.get(code=VILLAGE).is_built
    worker = Worker.objects.get(code="P00002")
    assert (worker.name, worker.phone, worker.is_full_time) == ("雷良", "13900000002", False)
    case = Case.objects.get(imported_from="net_orders:12345")
    assert (case.channel, case.state, case.is_instant, case.region_id) == ("partner", "closed", True, NORTH)
    assert f"{timezone.localtime(case.opened_at):%F %T}" == "2018-01-01 09:56:34"
    assert case.rating.grade == 5 and case.partner_number == "2018-1"
    assert history(case.chain)[0].actor == "system:ledger"


def test_the_past_runs_no_clock_and_tells_nobody(city: City, folder: Path):
    write_all(folder)
    land(folder)
    closed = Case.objects.filter(state="closed")
    assert closed.count() == 3 and not Clock.objects.filter(case__in=closed).exists()
    assert not Notice.objects.exists()
    open_one = Case.objects.get(state="received")
    assert open_one.due_at and open_one.due_at > timezone.now(), "its clock runs from the import"
    assert open_one.station_id and "打条子" in open_one.text


def test_the_same_again_adds_nothing(city: City, folder: Path):
    write_all(folder)
    land(folder)
    entries = Entry.objects.count()
    run = land(folder)
    assert run.code == 0
    assert [run.of(name) for name in run.counts] == [(n, 0, 0, n, 0) for n in (4, 3, 4)]
    assert Entry.objects.count() == entries


def test_an_inserted_row_adds_one(city: City, folder: Path):
    write_all(folder)
    land(folder)
    new = ["2018-0", "2018-02-01 08:00:00", "web", "工单", NORTH, "新插进来的一行", "", ""]
    write(folder, "net_orders.csv", ORDERS, [ORDER_ROWS[0], new, *ORDER_ROWS[1:]])
    assert land(folder).of("net_orders.csv") == (5, 1, 0, 4, 0)
    assert Case.objects.count() == 5


def test_a_known_number_with_other_content_updates_and_is_journalled(city: City, folder: Path):
    write_all(folder)
    land(folder)
    case = Case.objects.get(imported_from="net_orders:web")
    write(folder, "net_orders.csv", ORDERS, changed(ORDER_ROWS, 1, 5, "邻居占了我的两分地。"))
    write(folder, "people.csv", PEOPLE, changed(PEOPLE_ROWS, 0, 1, "沈明远"))
    write(folder, "stations.csv", STATIONS, changed(STATION_ROWS, 1, 6, "4"))
    run = land(folder)
    assert [run.of(name)[2] for name in run.counts] == [1, 1, 1]
    case.refresh_from_db()
    assert case.text == "邻居占了我的两分地。" and Case.objects.count() == 4
    assert history(case.chain)[-1].verb == "case.corrected"
    assert Worker.objects.get(code="P00001").name == "沈明远"
    assert history("worker:P00001")[-1].verb == "worker.edited"
    assert Station.objects.get(code=NORTH).windows == 4
    assert verify().is_whole


def test_a_person_who_serves_elsewhere_moves(city: City, folder: Path):
    write_all(folder)
    land(folder)
    write(folder, "people.csv", PEOPLE, changed(PEOPLE_ROWS, 0, 4, SOUTH))
    assert land(folder).of("people.csv") == (3, 0, 1, 2, 0)
    assert Worker.objects.get(code="P00001").station_id == SOUTH


BAD = [
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 0, "", "缺少编号"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 1, "2018-13-01 00:00:00", "不是时间"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 1, "", "缺少收到时间"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 1, "1018-01-01 00:00:00", "年份"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 2, "fax", "来源"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 3, "来访", "类型"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 4, "999999999999", "没有区划"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 5, "", "请填写内容"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 6, "2017-01-01 00:00:00", "早于"),
    ("net_orders.csv", ORDERS, ORDER_ROWS, 0, 7, "6", "满意度"),
    ("people.csv", PEOPLE, PEOPLE_ROWS, 1, 2, "astronaut", "岗位"),
    ("people.csv", PEOPLE, PEOPLE_ROWS, 1, 3, "半职", "专兼职"),
    ("people.csv", PEOPLE, PEOPLE_ROWS, 1, 4, "2104", "没有区划"),
    ("people.csv", PEOPLE, PEOPLE_ROWS, 1, 5, "123", "电话"),
    ("people.csv", PEOPLE, PEOPLE_ROWS, 1, 1, "", "请填写"),
    ("stations.csv", STATIONS, STATION_ROWS, 2, 0, "2104", "没有区划"),
    ("stations.csv", STATIONS, STATION_ROWS, 2, 2, "palace", "层级"),
    ("stations.csv", STATIONS, STATION_ROWS, 2, 3, "也许", "已建成"),
    ("stations.csv", STATIONS, STATION_ROWS, 2, 5, "consultation;magic", "业务"),
    ("stations.csv", STATIONS, STATION_ROWS, 2, 6, "两个", "窗口数"),
]


@pytest.mark.parametrize(("name", "columns", "rows", "line", "column", "value", "why"), BAD)
def test_a_bad_row_is_refused_alone(
    city: City,
    folder: Path,
    name: str,
    columns: list[str],
    rows: list[list[str]],
    line: int,
    column: int,
    value: str,
    why: str,
):
    write(folder, name, columns, changed(rows, line, column, value))
    run = land(folder)
    assert run.code == 1
    assert run.of(name)[0] == len(rows) and run.of(name)[4] == 1
    (row,) = refused()
    at = int(row[1])
    assert row[0] == name and at == line + 2 and why in row[2]
    assert value in row[3]
    assert f"{name} 第 {at} 行未导入：" in run.said and why in run.said
    assert not LedgerRow.objects.filter(file=name.removesuffix(".csv"), identity=rows[line][0]).exists()


def test_a_mended_row_lands_and_the_list_of_refused_goes(city: City, folder: Path):
    write(folder, "people.csv", PEOPLE, changed(PEOPLE_ROWS, 0, 2, "astronaut"))
    land(folder)
    assert refused()
    write(folder, "people.csv", PEOPLE, PEOPLE_ROWS)
    run = land(folder)
    assert (run.code, run.of("people.csv")) == (0, (3, 1, 0, 2, 0))
    assert not refused()


def test_one_number_with_two_contents_is_refused_and_the_first_stays(city: City, folder: Path):
    twice = [*ORDER_ROWS, [*ORDER_ROWS[0][:5], "别的事", *ORDER_ROWS[0][6:]]]
    write(folder, "net_orders.csv", ORDERS, twice)
    run = land(folder)
    assert (run.code, run.of("net_orders.csv")) == (1, (5, 4, 0, 0, 1))
    assert Case.objects.get(partner_number="2018-1").text == "押金不退？"


def test_a_row_that_stands_twice_is_one(city: City, folder: Path):
    write(folder, "net_orders.csv", ORDERS, [*ORDER_ROWS, ORDER_ROWS[0]])
    assert land(folder).of("net_orders.csv") == (5, 4, 0, 1, 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_the_encodings_of_excel_are_read(city: City, folder: Path, encoding: str):
    write(folder, "net_orders.csv", ORDERS, ORDER_ROWS, encoding)
    assert land(folder).of("net_orders.csv") == (4, 4, 0, 0, 0)
    assert Case.objects.get(partner_number="2018-1").text == "押金不退？"


def test_columns_in_another_order_and_more_of_them_are_read(city: City, folder: Path):
    rows = [[*reversed(row), "备注"] for row in PEOPLE_ROWS]
    write(folder, "people.csv", [*reversed(PEOPLE), "备注"], rows)
    assert land(folder).of("people.csv") == (3, 3, 0, 0, 0)


def test_xlsx_of_the_same_columns_is_the_same(city: City, folder: Path):
    write_all(folder)
    land(folder)
    typed = [[int(row[0]), *row[1:6], row[6] and int(row[6]), *row[7:]] for row in STATION_ROWS]
    for name, columns, rows in (
        ("people", PEOPLE, PEOPLE_ROWS),
        ("net_orders", ORDERS, ORDER_ROWS),
        ("stations", STATIONS, typed),
    ):
        (folder / f"{name}.csv").unlink()
        write_xlsx(folder, f"{name}.xlsx", columns, rows)
    run = land(folder)
    assert run.code == 0, run.said
    assert [run.of(name) for name in run.counts] == [(n, 0, 0, n, 0) for n in (4, 3, 4)]


HALF = text_of(ORDERS, ORDER_ROWS).encode("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (HALF[: HALF.rindex("公证".encode())], "不完整"),
        (HALF[: HALF.rindex("打条子".encode()) + 3], "不完整"),
        (b"", "缺少列"),
        ("来源编号,收到时间\n1,2".encode(), "缺少列"),
        (HALF.replace("押金".encode(), b"\0"), "不是文本"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "读不出来"),
    ],
    ids=["cut", "cut in quotes", "empty", "columns", "nul", "picture"],
)
def test_a_broken_file_lands_nothing_of_it(city: City, folder: Path, content: bytes, why: str):
    write(folder, "people.csv", PEOPLE, PEOPLE_ROWS)
    (folder / "net_orders.csv").write_bytes(content)
    run = land(folder)
    assert run.code == 1 and why in run.counts["net_orders.csv"]["error"], run.counts
    assert "没有导入任何一行" in run.said and not Case.objects.exists()
    assert run.of("people.csv") == (3, 3, 0, 0, 0), "the other files land"


def test_a_picture_named_xlsx_is_said_so(city: City, folder: Path):
    (folder / "people.xlsx").write_bytes(b"\x89PNG")
    run = land(folder)
    assert run.code == 1 and "XLSX" in run.counts["people.xlsx"]["error"]


def test_every_ledger_that_is_known_lands(city: City):
    assert {ledger.name for ledger in LEDGERS} == set(KNOWN)


def test_an_empty_or_missing_folder_is_said_so(city: City, folder: Path):
    for path in (folder, folder / "nowhere"):
        with pytest.raises(CommandError):
            land(path)


@pytest.mark.parametrize("more", [(), ("--xlsx",)])
def test_what_was_exported_changes_nothing(city: City, folder: Path, tmp_path: Path, more: tuple[str, ...]):
    write_all(folder)
    land(folder)
    make_closed(city)  # of our own: it goes out and comes back as well
    year = str(timezone.localdate().year)
    counts = export(tmp_path / "out", *more, last=f"{year}-12-31")
    suffix = "xlsx" if more else "csv"
    assert counts[f"net_orders.{suffix}"] == 5
    entries = Entry.objects.count()
    run = land(tmp_path / "out")
    assert run.code == 0, run.said
    assert {name: run.of(name)[1:3] for name in run.counts} == dict.fromkeys(run.counts, (0, 0))
    assert Entry.objects.count() == entries


def test_an_export_of_a_period_and_a_region_holds_just_that(city: City, folder: Path, tmp_path: Path):
    write_all(folder)
    land(folder)
    counts = export(tmp_path / "out", "--region", NORTH, first="2018-05-01", last="2018-05-31")
    orders = rows_of(tmp_path / "out" / "net_orders.csv")
    assert [row[0] for row in orders] == ["2018-2"] and counts["net_orders.csv"] == 1
    assert orders == [ORDER_ROWS[1]]
    stations = {row[0] for row in rows_of(tmp_path / "out" / "stations.csv")}
    assert NORTH in stations and TOWN in stations and SOUTH not in stations


@pytest.mark.parametrize(
    "words", [("--region", "999999999999"), ("--from", "2019-01-01", "--to", "2018-01-01")]
)
def test_a_wrong_period_or_region_is_said_so(city: City, tmp_path: Path, words: tuple[str, ...]):
    with pytest.raises(CommandError):
        export(tmp_path / "out", *words)


def test_beside_exported_ledgers_stands_who_took_them_out(city: City, folder: Path, tmp_path: Path):
    write_all(folder)
    land(folder)
    export(tmp_path / "out", "--by", "李娜")
    told = (tmp_path / "out" / "EXPORTED.txt").read_text()
    assert told.startswith("导出人 李娜，") and "2018-01-01 至 2018-12-31" in told
    digest = hashlib.sha256((tmp_path / "out" / "people.csv").read_bytes()).hexdigest()
    assert f"{digest}  people.csv" in told
    entry = Entry.objects.get(verb="ledger.taken_out")
    assert entry.actor_name == "李娜" and json.loads(entry.data)["files"]["people.csv"] == digest
    assert land(tmp_path / "out").code == 0, "it does not stand in the way of coming in again"
