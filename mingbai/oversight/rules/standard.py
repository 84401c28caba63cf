"""The standards that a new city starts with: invented by nobody, but no document yet, and they say so."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mingbai.oversight.enums import Measure
from mingbai.places.enums import Tier

_M = Measure
SOURCE = "软件初始值，参照“3+X”“2+X”（司发〔2017〕9号）；请市司法局核定后登记文号"
SINCE = date(2019, 1, 1)

NAMES: dict[str, str] = {
    Tier.CITY_CENTRE: "市公共法律服务中心建设标准",
    Tier.COUNTY_CENTRE: "县区公共法律服务中心建设标准",
    Tier.TOWNSHIP_STATION: "乡镇（街道）公共法律服务工作站建设标准",
    Tier.VILLAGE_STUDIO: "村（社区）公共法律服务工作室建设标准",
}


@dataclass(frozen=True, slots=True)
class CriterionTerms:
    """A line of a standard. Without a measure, people judge it from evidence."""

    name: str
    text: str
    points: int
    measure: str = ""
    least: str = "0"
    full: str = "1"

    def row(self, number: int) -> dict[str, Any]:
        return {
            "number": number,
            "name": self.name,
            "text": self.text,
            "points": Decimal(self.points),
            "measure": self.measure,
            "least": Decimal(self.least),
            "full": Decimal(self.full),
        }


def line_text(terms: CriterionTerms) -> str:
    """A line as one edits it: 内容 | 要求 | 分值, and, where data gives points, 数据 | 零分线 | 满分线."""
    parts = [terms.name, terms.text, str(terms.points)]
    return " | ".join([*parts, terms.measure, terms.least, terms.full] if terms.measure else parts)


def read_line(text: str) -> CriterionTerms | None:
    """The reverse of `line_text`; None where it is not one."""
    parts = [part.strip() for part in text.replace("｜", "|").split("|")]
    if len(parts) not in (3, 6) or not parts[0] or not parts[2].isascii() or not parts[2].isdigit():
        return None
    name, words, points, *data = parts
    if not data:
        return CriterionTerms(name, words, int(points))
    measure, least, full = data
    if measure not in Measure.values or not all(_is_number(one) for one in (least, full)):
        return None
    return CriterionTerms(name, words, int(points), measure, least, full)


def _is_number(text: str) -> bool:
    whole, _dot, part = text.partition(".")
    return text.isascii() and whole.isdigit() and (not part or part.isdigit())


_C = CriterionTerms
_SIGNS = _C("标识标牌", "名称、标识、无障碍设施、公示的人员和电话齐全", 10)
_PREMISES = _C("场所", "有独立、固定、便于出入的场所", 15, _M.PREMISES)
_LINES = _C("业务", "应设的业务设齐", 15, _M.LINES, full="100")
_TIMELY = _C("办理时效", "各项时限按时完成", 15, _M.TIMELINESS, least="60", full="98")
_LIKED = _C("满意率", "群众评价满意（同时看测评率）", 10, _M.SATISFACTION, least="60", full="95")
_RATED = _C("测评率", "请群众评价", 5, _M.RATED, full="60")
_FILES = _C("台账档案", "一件一档，一村一卷，抽查齐全", 5)


def _centre(staff: str, volume: str) -> tuple[CriterionTerms, ...]:
    return (
        _PREMISES,
        _SIGNS,
        _LINES,
        _C("人员", "窗口人员在岗", 10, _M.STAFF, full=staff),
        _C("开放时间", "公布并遵守开放时间", 5, _M.HOURS, full="40"),
        _C("办件量", "全年办件", 10, _M.VOLUME, full=volume),
        _TIMELY,
        _LIKED,
        _RATED,
        _C("宣传", "发放指南、海报", 5, _M.PUBLICITY, full="2000"),
    )


SEED: dict[str, tuple[CriterionTerms, ...]] = {
    Tier.CITY_CENTRE: _centre("10", "3000"),
    Tier.COUNTY_CENTRE: _centre("5", "800"),
    Tier.TOWNSHIP_STATION: (
        _PREMISES,
        _SIGNS,
        _LINES,
        _C("人员", "有专人在岗", 10, _M.STAFF, full="2"),
        _C("办件量", "全年办件", 10, _M.VOLUME, full="60"),
        _TIMELY,
        _LIKED,
        _C("村居法律顾问", "所辖村每月到村达标", 10, _M.ADVISER, full="100"),
        _FILES,
    ),
    Tier.VILLAGE_STUDIO: (
        _PREMISES,
        _SIGNS,
        _LINES,
        _C("人员", "有人在岗", 10, _M.STAFF, full="1"),
        _C("办件量", "全年办件", 10, _M.VOLUME, full="12"),
        _C("办理时效", "各项时限按时完成", 10, _M.TIMELINESS, least="60", full="98"),
        _C("村居法律顾问", "每月到村达标", 15, _M.ADVISER, full="100"),
        _C("法律明白人", "每村配齐", 10, _M.SAVVY, full="100"),
        _FILES,
    ),
}
"""Each adds up to 100 points, which a test holds."""
