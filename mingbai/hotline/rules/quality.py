"""Quality inspection (质检): what a score sheet must be, who is drawn, what the points come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _

from mingbai.core.lots import by_lot
from mingbai.core.refused import Refused

LEAST_SHARE = 5
"""Per cent of calls and of answers: 质检率 ≥ 5 %, as provinces ask of 12348 (Anhui, 2018)."""
_WHOLE, _MOST_LINES, _MOST_NAME, _MOST_TEXT = 100, 20, 30, 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a score sheet: what is looked at and for how many points."""

    name: str
    points: int
    text: str = ""

    def as_json(self) -> dict[str, str | int]:
        return {"name": self.name, "points": self.points, "text": self.text}


SOURCE = "软件初始值，请核定后登记本地评分表"
SINCE = date(2019, 1, 1)
SEED = (
    Line("规范用语", 15, "问候、称呼、结束语；语速适中，不打断"),
    Line("问清事实", 20, "时间、地点、对方、证据、已做过什么；归纳给来电人确认"),
    Line("法律答复", 35, "依据现行有效的法条，结论明确，风险和期限讲到"),
    Line("指引和告知", 15, "告诉可以申请法律援助；该转的转，讲清去哪里、带什么"),
    Line("登记完整", 15, "主题、类别、地区、要点如实登记，编号念给来电人"),
)
"""What a new city starts with; no document yet, and it says so."""


def read_lines(text: str) -> list[Line]:
    """One criterion a line: "name | points | what is asked". Raises Refused "bad_sheet" with the line."""
    rows = [row for row in text.splitlines() if row.strip()]
    lines = [_read(number, row) for number, row in enumerate(rows, start=1)]
    names = [line.name for line in lines]
    if not lines or len(lines) > _MOST_LINES:
        raise _bad(_("评分表要有 1 至 %(n)d 个项目。") % {"n": _MOST_LINES})
    if len(set(names)) < len(names):
        raise _bad(_("有两个项目同名，请改名。"))
    if (whole := sum(line.points for line in lines)) != _WHOLE:
        raise _bad(_("各项分值加起来应当是 100，现在是 %(n)d。") % {"n": whole})
    return lines


def _read(number: int, row: str) -> Line:
    name, _bar, rest = (part.strip() for part in row.replace("｜", "|").partition("|"))
    points, _bar, text = (part.strip() for part in rest.partition("|"))
    is_number = points.isascii() and points.isdigit() and len(points) <= 3
    if not name or len(name) > _MOST_NAME or len(text) > _MOST_TEXT or not is_number or not int(points):
        raise _bad(_("第 %(n)d 行不对，请写成“项目 | 分值 | 要求”。") % {"n": number})
    return Line(name, int(points), text)


def _bad(reason: str) -> Refused:
    return Refused(reason, code="bad_sheet", field="lines")


def written(lines: Iterable[Mapping[str, object]]) -> str:
    """The sheet as `read_lines` reads it."""
    return "\n".join(f"{line['name']} | {line['points']} | {line['text']}" for line in lines)


def sample(keys: Iterable[str], seed: str, share: int) -> list[str]:
    """The drawn keys: at least `share` per cent, and one where there is any."""
    every = by_lot(keys, seed)
    return sorted(every[: ceil(Fraction(len(every) * share, 100))])


def check_draw(first: date, last: date, today: date, share: int) -> None:
    """Raises Refused "bad_period" (not over yet, the wrong way round, over a year) or "bad_share"."""
    if not first <= last < today or (last - first).days > 366:
        raise Refused(_("抽检的时段要先开始后结束，到昨天为止，最长一年。"), code="bad_period", field="last")
    if not LEAST_SHARE <= share <= _WHOLE:
        raise Refused(_("抽检比例在 5% 至 100% 之间。"), code="bad_share", field="share")


def total(lines: Sequence[Mapping[str, object]], points: Sequence[int]) -> int:
    """The sum, of at most 100. Raises Refused "bad_points": each within what its line allows."""
    most = [int(str(line["points"])) for line in lines]
    if len(points) != len(most) or any(not 0 <= got <= top for got, top in zip(points, most, strict=True)):
        raise Refused(_("有一项的得分不在 0 至该项分值之间。"), code="bad_points")
    return sum(points)
