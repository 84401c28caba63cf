"""The ledgers of the door: window visits, materials, opinions of reception days; in, out and in again."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from mingbai.cases.models import Case, Clock
from mingbai.core.actor import SYSTEM
from mingbai.figures.recount import differences
from mingbai.figures.rules import Period
from mingbai.journal.queries import verify
from mingbai.notices.models import Notice
from mingbai.visits.actions.materials import hand_out
from mingbai.visits.actions.records import KEPT, forget_visits
from mingbai.visits.models import Handout, Opinion, Visit
from tests.cases.factories import CITY, NORTH, SOUTH, City
from tests.figures.counting import counts
from tests.integrations.ledgers import ORDER_ROWS, ORDERS, export, land, refused, rows_of, write
from tests.visits.factories import make_visit

VISITS = ["时间", "区划代码", "窗口", "业务", "结果", "来访人", "电话"]
MATERIALS = ["日期", "区划代码", "种类", "数量"]
OPINIONS = ["接待日", "区划代码", "接待领导", "意见建议", "状态"]
VISIT_ROWS = [
    ["2018-01-01 08:06:17", CITY, "6", "consultation", "answered", "邵凡", "15973456215"],
    ["2018-01-01 08:06:17", CITY, "6", "consultation", "answered", "邵凡", "15973456215"],
    ["2018-02-01 10:15:00", NORTH, "", "exam", "guided", "", ""],
]
MATERIAL_ROWS = [
    ["2018-01-02", CITY, "guide", "10"],
    ["2018-01-02", CITY, "guide", "10"],
    ["2018-03-08", NORTH, "poster", "50"],
]
OPINION_ROWS = [
    ["2018-01-20", CITY, "局领导", "增加乡镇公证上门次数", "已办结"],
    ["2018-01-20", CITY, "局领导", "增加乡镇公证上门次数", "已办结"],
    ["2018-02-05", SOUTH, "分管领导", "法律援助材料一次告知", "办理中"],
]
YEAR = (date(2018, 1, 1), date(2018, 12, 31))
FILES = ("window_visits.csv", "materials.csv", "reception_opinions.csv")


@pytest.fixture
def ledgers(city: City, folder: Path) -> Path:
    write(folder, "window_visits.csv", VISITS, VISIT_ROWS)
    write(folder, "materials.csv", MATERIALS, MATERIAL_ROWS)
    write(folder, "reception_opinions.csv", OPINIONS, OPINION_ROWS)
    return folder


def test_what_happened_lands_and_counts(city: City, ledgers: Path):
    run = land(ledgers)
    assert run.code == 0, run.said
    assert [run.of(name) for name in FILES] == [(3, 3, 0, 0, 0)] * 3, "an exact double counts"
    found = counts(*YEAR)
    assert (found.visits, found.guides, found.posters, found.opinions) == (3, 20, 50, 3)
    assert counts(*YEAR, region=NORTH).visits == 1 and counts(*YEAR, region=SOUTH).opinions == 1
    assert counts(date(2019, 1, 1), date(2019, 12, 31)).visits == 0
    visit = Visit.objects.get(line="exam")
    assert (visit.kind, visit.state, visit.window, visit.name, visit.case) == (
        "walk_in", "served", None, "", None,
    )  # fmt: skip
    assert verify().is_whole


def test_an_open_opinion_gets_an_owner_and_a_clock_and_a_done_one_none(city: City, ledgers: Path):
    land(ledgers)
    case = Opinion.objects.get(leader="分管领导").case
    assert (case.kind, case.channel, case.station_id, case.is_open) == (
        "opinion",
        "reception_day",
        SOUTH,
        True,
    )
    assert {clock.case_id for clock in Clock.objects.order_by("id")} == {case.pk}
    assert case.due_at and case.due_at > timezone.now() and not Notice.objects.exists()
    assert Case.objects.filter(kind="opinion", state="closed").count() == 2


def test_the_same_again_adds_nothing_and_one_more_row_one(city: City, ledgers: Path):
    land(ledgers)
    again = land(ledgers)
    assert [again.of(name) for name in FILES] == [(3, 0, 0, 3, 0)] * 3
    write(ledgers, "window_visits.csv", VISITS, [*VISIT_ROWS, VISIT_ROWS[0]])
    write(ledgers, "materials.csv", MATERIALS, [*MATERIAL_ROWS, MATERIAL_ROWS[2]])
    more = land(ledgers)
    assert [more.of(name)[1] for name in FILES] == [1, 1, 0]
    assert counts(*YEAR).posters == 100


def test_ledgers_that_overlap_count_what_both_hold_once(city: City, tmp_path: Path):
    """The year as it was sent at half-time, and again from spring to winter."""
    half, rest = tmp_path / "half", tmp_path / "rest"
    for folder, visits, materials, opinions, orders in (
        (half, VISIT_ROWS[:2], MATERIAL_ROWS[:2], OPINION_ROWS[:2], ORDER_ROWS[:3]),
        (rest, VISIT_ROWS[1:], MATERIAL_ROWS[1:], OPINION_ROWS[1:], ORDER_ROWS[1:]),
    ):
        folder.mkdir()
        write(folder, "window_visits.csv", VISITS, visits)
        write(folder, "materials.csv", MATERIALS, materials)
        write(folder, "reception_opinions.csv", OPINIONS, opinions)
        write(folder, "net_orders.csv", ORDERS, orders)
    assert land(half).code == 0
    run = land(rest)
    assert (run.code, [run.of(name) for name in FILES]) == (0, [(2, 1, 0, 1, 0)] * 3)
    assert run.of("net_orders.csv") == (3, 1, 0, 2, 0)
    found = counts(*YEAR)
    assert (found.visits, found.guides, found.posters, found.opinions) == (3, 20, 50, 3)
    assert (found.net_consultations, found.work_orders) == (2, 2)
    assert differences(Period(*YEAR)) == []


def test_what_goes_out_is_what_came_in(city: City, ledgers: Path, tmp_path: Path):
    land(ledgers)
    out = tmp_path / "out"
    assert [export(out)[name] for name in FILES] == [3, 3, 3]
    assert [rows_of(out / name) for name in FILES] == [VISIT_ROWS, MATERIAL_ROWS, OPINION_ROWS]
    back = land(out)
    assert back.code == 0 and [back.of(name) for name in FILES] == [(3, 0, 0, 3, 0)] * 3
    assert export(tmp_path / "narrow", "--region", NORTH)["window_visits.csv"] == 1


def test_what_was_done_here_goes_out_and_comes_back_as_itself(city: City, folder: Path, tmp_path: Path):
    make_visit(city, window=2), make_visit(city, window=2)
    hand_out(by=SYSTEM, station=city.stations[NORTH], material="guide", count=3)
    out, year = tmp_path / "out", timezone.localdate().year
    counts = export(out, first=f"{year}-01-01", last=f"{year}-12-31")
    assert (counts["window_visits.csv"], counts["materials.csv"]) == (2, 1)
    back = land(out)
    assert back.code == 0 and back.of("window_visits.csv")[1:3] == (0, 0) == back.of("materials.csv")[1:3]
    assert Visit.objects.count() == 2 and Handout.objects.count() == 1


def test_visits_that_are_forgotten_go_out_without_names_and_come_back_as_themselves(
    city: City, ledgers: Path, tmp_path: Path
):
    land(ledgers)
    assert forget_visits(by=SYSTEM, now=timezone.now()) == 3
    assert forget_visits(by=SYSTEM, now=timezone.now()) == 0
    assert timezone.now() - KEPT > timezone.now() - timedelta(days=4 * 365)
    out = tmp_path / "out"
    export(out)
    assert rows_of(out / "window_visits.csv")[0] == [*VISIT_ROWS[0][:5], "", ""]
    assert land(out).of("window_visits.csv")[1:3] == (0, 0) and Visit.objects.count() == 3


@pytest.mark.parametrize(
    ("file", "row", "reason"),
    [
        ("window_visits", ["昨天", CITY, "1", "exam", "guided", "", ""], "不是时间"),
        ("window_visits", ["", CITY, "1", "exam", "guided", "", ""], "缺少时间"),
        ("window_visits", ["2027-12-01 10:00", CITY, "1", "exam", "guided", "", ""], "将来"),
        ("window_visits", ["2018-01-01 10:00", "9", "1", "exam", "guided", "", ""], "没有区划"),
        ("window_visits", ["2018-01-01 10:00", CITY, "一", "exam", "guided", "", ""], "数字"),
        ("window_visits", ["2018-01-01 10:00", CITY, "1", "haircut", "guided", "", ""], "不在可填的值里"),
        ("window_visits", ["2018-01-01 10:00", CITY, "1", "exam", "shrugged", "", ""], "不在可填的值里"),
        ("window_visits", ["2018-01-01 10:00", CITY, "1", "exam", "guided", "", "12"], "电话号码不对"),
        ("materials", ["2018-02-30", CITY, "guide", "5"], "不是时间"),
        ("materials", ["2018-02-01", CITY, "balloon", "5"], "不在可填的值里"),
        ("materials", ["2018-02-01", CITY, "guide", "0"], "数量"),
        ("materials", ["2018-02-01", CITY, "guide", "many"], "数字"),
        ("reception_opinions", ["2018-02-01", CITY, "局领导", "", "已办结"], "请填写"),
        ("reception_opinions", ["2018-02-01", CITY, "局领导", "修路", "搁置"], "不在可填的值里"),
        ("reception_opinions", ["2027-12-01", CITY, "局领导", "修路", "已办结"], "将来"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_land(
    city: City, ledgers: Path, file: str, row: list[str], reason: str
):
    columns = {"window_visits": VISITS, "materials": MATERIALS, "reception_opinions": OPINIONS}[file]
    rows = {"window_visits": VISIT_ROWS, "materials": MATERIAL_ROWS, "reception_opinions": OPINION_ROWS}[file]
    write(ledgers, f"{file}.csv", columns, [*rows, row])
    run = land(ledgers)
    assert run.code == 1 and run.of(f"{file}.csv") == (4, 3, 0, 0, 1)
    assert refused()[0][:2] == [f"{file}.csv", "5"] and reason in refused()[0][2], refused()
