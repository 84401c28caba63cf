"""Made-up ledgers of a small city, written as a centre writes them, and the commands that read them."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from openpyxl import Workbook

from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE

STATIONS = ["区划代码", "名称", "层级", "已建成", "独立场所", "业务", "窗口数", "热线席位", "查询机"]
PEOPLE = ["编号", "姓名", "岗位", "专兼职", "所属区划", "电话"]
ORDERS = ["来源编号", "收到时间", "来源", "类型", "区划代码", "诉求", "办结时间", "满意度"]

STATION_ROWS = [
    [CITY, "抚顺市公共法律服务中心", "city_centre", "是", "是", "consultation;legal_aid", "7", "5", "1"],
    [NORTH, "新抚区公共法律服务中心", "county_centre", "是", "是", "legal_aid;consultation", "3", "", ""],
    [TOWN, "站前街道公共法律服务站", "township_station", "是", "否", "consultation", "", "", ""],
    [VILLAGE, "裕民社区公共法律服务室", "village_studio", "否", "否", "", "", "", ""],
]
PEOPLE_ROWS = [
    ["P00001", "沈明", "window_clerk", "专职", NORTH, "13900000001"],
    ["P00002", "雷良", "law_savvy_villager", "兼职", VILLAGE, "139 0000 0002"],
    ["P00003", "水清", "village_lawyer", "兼职", TOWN, ""],
]
ORDER_ROWS = [
    [
        "2018-1",
        "2018-01-01 09:56:34",
        "12345",
        "即时咨询",
        NORTH,
        "押金不退？",
        "2018-01-01 10:03:34",
        "5",
    ],
    ["2018-2", "2018-05-02 10:00:00", "web", "工单", VILLAGE, "邻居占了我的地。", "2018-05-09 10:00:00", ""],
    ["2018-3", "2018-05-03 11:00", "wechat", "工单", SOUTH, "老板欠薪，\n“打条子”不给钱。", "", ""],
    [
        "2018-4",
        "2018-06-03 11:00:00",
        "provincial_net",
        "即时咨询",
        CITY,
        "公证带啥？",
        "2018-06-03 11:05:00",
        "1",
    ],
]


@dataclass
class Run:
    """What an import said: exit code, counts by file, stderr."""

    code: int
    counts: dict[str, Any]
    said: str

    def of(self, file: str) -> tuple[int, ...]:
        """rows, added, changed, same, refused"""
        return tuple(self.counts[file][name] for name in ("rows", "added", "changed", "same", "refused"))


def text_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows([columns, *rows])
    return stream.getvalue()


def write(
    folder: Path,
    name: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    encoding: str = "utf-8-sig",
) -> Path:
    path = folder / name
    path.write_bytes(text_of(columns, rows).encode(encoding))
    return path


def write_xlsx(folder: Path, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    book = Workbook()
    for row in [columns, *rows]:
        book.active.append(list(row))
    book.save(folder / name)
    return folder / name


def write_all(folder: Path) -> None:
    write(folder, "stations.csv", STATIONS, STATION_ROWS)
    write(folder, "people.csv", PEOPLE, PEOPLE_ROWS)
    write(folder, "net_orders.csv", ORDERS, ORDER_ROWS)


def land(folder: Path) -> Run:
    """import_ledger, as an operator calls it; the last line of stdout is the counts."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_ledger", str(folder), stdout=out, stderr=err)
    except SystemExit as end:
        code = int(str(end.code))
    return Run(code, json.loads(out.getvalue().splitlines()[-1]), err.getvalue())


def export(folder: Path, *more: str, first: str = "2018-01-01", last: str = "2018-12-31") -> dict[str, int]:
    out = io.StringIO()
    call_command("export_ledger", str(folder), "--from", first, "--to", last, *more, stdout=out)
    return dict(json.loads(out.getvalue().splitlines()[-1]))


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a CSV without its head."""
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))[1:]


def refused() -> list[list[str]]:
    path = Path(settings.MINGBAI_DATA) / "refused.csv"
    return rows_of(path) if path.exists() else []
