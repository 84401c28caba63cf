"""The ledgers of service days: they land once, go out as they came, and our own come back as themselves."""

from pathlib import Path

import pytest
from django.utils import timezone

from mingbai.cases.models import Case, Clock
from mingbai.core.actor import SYSTEM
from mingbai.journal.queries import history, verify
from mingbai.notices.models import Notice
from mingbai.servicedays.actions.days import close_day
from mingbai.servicedays.actions.records import write_records
from mingbai.servicedays.actions.terms import prepare
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.servicedays.queries.figures import day_figures
from mingbai.servicedays.rules.day import PLACEHOLDER, Jotting
from tests.cases.factories import SOUTH, TOWN, VILLAGE, City
from tests.integrations.ledgers import export, land, refused, rows_of, write
from tests.servicedays.factories import make_team, make_today

DAYS = ["编号", "日期", "区划代码"]
RECORDS = ["服务日编号", "事项", "群众", "电话", "诉求"]
DAY_ROWS = [["D1", "2018-03-05", TOWN], ["D2", "2018-03-05", TOWN], ["D3", "2018-12-31", VILLAGE]]
RECORD_ROWS = [
    ["D1", "consultation", "彭英", "13364512787", "抵押的房子还能卖吗？"],
    ["D1", "consultation", "彭英", "133 6451 2787", "抵押的房子还能卖吗？"],
    ["D1", "legal_aid_accepted", "史贞", "13615511065", ""],
    ["D3", "notary_home_booking", "范彤", "", ""],
    ["D3", "mediation_begun", "", "", "两家\n为一棵树吵了三年"],
]
YEAR = (timezone.datetime(2018, 1, 1).date(), timezone.datetime(2018, 12, 31).date())


@pytest.fixture
def ledgers(city: City, folder: Path) -> Path:
    prepare(by=SYSTEM)
    write(folder, "service_days.csv", DAYS, DAY_ROWS)
    write(folder, "service_day_records.csv", RECORDS, RECORD_ROWS)
    return folder


def test_days_and_records_land_and_count_to_row_thirteen(city: City, ledgers: Path):
    run = land(ledgers)
    assert run.code == 0, run.said
    assert run.of("service_days.csv") == (3, 3, 0, 0, 0), "two on one day at one place are two"
    assert run.of("service_day_records.csv") == (5, 5, 0, 0, 0), "an exact double counts"
    found = day_figures(*YEAR)
    assert (found.service_days, found.day_consultations, found.day_aid) == (3, 2, 1)
    assert (found.day_notary_home, found.day_mediations) == (1, 1)
    assert day_figures(*YEAR, region=VILLAGE).service_days == 1
    assert day_figures(*YEAR, region=SOUTH).service_days == 0


def test_each_record_has_its_matter_which_has_ended(city: City, ledgers: Path):
    land(ledgers)
    record = DayRecord.objects.get(kind="legal_aid_accepted")
    case = record.case
    assert case and (case.kind, case.channel, case.state) == ("legal_aid", "service_day", "closed")
    assert case.speaker and case.speaker.phone == "13615511065" and case.text == PLACEHOLDER
    assert case.imported_from == "service_day_records" and case.station_id == TOWN
    assert f"{timezone.localdate(case.opened_at)}" == "2018-03-05" and not record.has_text
    assert not Clock.objects.exists() and not Notice.objects.exists()
    day = ServiceDay.objects.get(number="D1")
    assert (day.state, day.imported_from, day.station_id) == ("held", "service_days", TOWN)
    assert history(day.chain)[0].actor == "system:ledger" and verify().is_whole


def test_the_same_again_adds_nothing_and_one_more_row_one(city: City, ledgers: Path):
    land(ledgers)
    again = land(ledgers)
    assert again.of("service_days.csv") == (3, 0, 0, 3, 0)
    assert again.of("service_day_records.csv") == (5, 0, 0, 5, 0)
    write(ledgers, "service_day_records.csv", RECORDS, [*RECORD_ROWS, RECORD_ROWS[0]])
    assert land(ledgers).of("service_day_records.csv") == (6, 1, 0, 5, 0)
    assert day_figures(*YEAR).day_consultations == 3


def test_a_known_number_with_another_content_is_corrected_and_journalled(city: City, ledgers: Path):
    land(ledgers)
    write(ledgers, "service_days.csv", DAYS, [["D1", "2018-03-06", VILLAGE], *DAY_ROWS[1:]])
    assert land(ledgers).of("service_days.csv") == (3, 0, 1, 2, 0)
    day = ServiceDay.objects.get(number="D1")
    assert (f"{day.on}", day.region_id) == ("2018-03-06", VILLAGE)
    assert [entry.verb for entry in history(day.chain)][-1] == "serviceday.corrected"


@pytest.mark.parametrize(
    ("file", "row", "reason"),
    [
        ("service_days", ["D9", "2018-13-40", TOWN], "不是时间"),
        ("service_days", ["D9", "", TOWN], "缺少日期"),
        ("service_days", ["D9", "2018-01-01", "999999999999"], "没有区划"),
        ("service_days", ["", "2018-01-01", TOWN], "缺少编号"),
        ("service_days", ["D1", "2018-01-01", TOWN], "内容不同"),
        ("service_day_records", ["D77", "consultation", "某", "", "问"], "没有编号为 D77"),
        ("service_day_records", ["S" + "9" * 40, "consultation", "某", "", "问"], "没有编号"),
        ("service_day_records", ["D1", "haircut", "某", "", "问"], "不在可填的值里"),
        ("service_day_records", ["D1", "materials", "某", "", "问"], "不在可填的值里"),
        ("service_day_records", ["D1", "consultation", "某", "12", "问"], "电话号码不对"),
        ("service_day_records", ["D1", "consultation", "某" * 65, "", "问"], "内容太长"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_land(
    city: City, ledgers: Path, file: str, row: list[str], reason: str
):
    columns, rows = (DAYS, DAY_ROWS) if file == "service_days" else (RECORDS, RECORD_ROWS)
    write(ledgers, f"{file}.csv", columns, [*rows, row])
    run = land(ledgers)
    assert run.code == 1 and run.of(f"{file}.csv") == (len(rows) + 1, len(rows), 0, 0, 1)
    line = "5" if file == "service_days" else "8"  # a text of two lines stands before it
    assert refused()[0][:2] == [f"{file}.csv", line] and reason in refused()[0][2]


def test_a_day_in_the_future_has_not_been_held(city: City, ledgers: Path):
    ahead = f"{timezone.localdate().year + 1}-01-05"
    write(ledgers, "service_days.csv", DAYS, [*DAY_ROWS, ["D9", ahead, TOWN]])
    assert land(ledgers).of("service_days.csv") == (4, 3, 0, 0, 1) and "将来" in refused()[0][2]


def test_what_goes_out_is_what_came_in(city: City, ledgers: Path, tmp_path: Path):
    land(ledgers)
    out = tmp_path / "out"
    counts = export(out)
    assert (counts["service_days.csv"], counts["service_day_records.csv"]) == (3, 5)
    assert rows_of(out / "service_days.csv") == DAY_ROWS
    plain = [[*row[:3], row[3].replace(" ", ""), row[4]] for row in RECORD_ROWS]
    assert rows_of(out / "service_day_records.csv") == plain
    back = land(out)
    assert back.code == 0 and back.of("service_day_records.csv") == (5, 0, 0, 5, 0)
    narrow = tmp_path / "narrow"
    assert export(narrow, "--region", VILLAGE)["service_day_records.csv"] == 2


def test_days_of_our_own_go_out_and_come_back_as_themselves(city: City, folder: Path, tmp_path: Path):
    prepare(by=SYSTEM)
    day = make_today(city, make_team(city))
    notes = [
        Jotting(
            day=day.pk,
            kind="consultation",
            text="工资",
            answer="去仲裁。",
            name="赵福山",
            phone="13812345678",
        ),
        Jotting(
            day=day.pk,
            kind="consultation",
            text="工资",
            answer="去仲裁。",
            name="赵福山",
            phone="13812345678",
        ),
        Jotting(day=day.pk, kind="legal_aid_accepted", text="工伤"),
        Jotting(day=day.pk, kind="materials", guides=5),
    ]
    assert all(one.record for one in write_records(by=city.alice.actor, notes=notes))
    close_day(by=city.alice.actor, day=day)
    out, year = tmp_path / "out", f"{day.on:%Y}"
    counts = export(out, first=f"{year}-01-01", last=f"{year}-12-31")
    assert (counts["service_days.csv"], counts["service_day_records.csv"]) == (1, 3)
    assert rows_of(out / "service_days.csv") == [[f"S{day.pk}", f"{day.on}", TOWN]]
    cases = Case.objects.count()
    back = land(out)
    assert back.code == 0, back.said
    assert back.of("service_days.csv") == (1, 0, 0, 1, 0) and back.of("service_day_records.csv")[1:3] == (
        0,
        0,
    )
    assert ServiceDay.objects.count() == 1 and Case.objects.count() == cases
