"""The papers of mediation: their words to begin with, what may stand in them, who reads them."""

from pathlib import Path
from typing import Any

from mingbai.cases.models import Case
from mingbai.cases.perms import can_see
from mingbai.mediation.perms import can_read_inside
from mingbai.papers.kinds import Field, PaperKind
from mingbai.people.models import User

_FOLDER = Path(__file__).parent / "data/papers"
GROUP = "人民调解"
PART_OF = {
    "med_request": "request",
    "med_register": "request",
    "med_rights": "rights",
    "med_minutes": "minutes",
    "med_agreement": "agreement",
    "med_oral": "agreement",
    "med_visit": "visit",
    "med_confirm": "confirmation",
    "med_ended": "note",
}
"""In which part of the file each of them lies (`rules/file.py`)."""

_PEOPLE = ("王桂兰，身份证号 210402196503121523，住站前街道裕民社区", "李大海，住站前街道东八路社区")
_EVERY = (Field("办件编号", "2611 2345 6789 4"), Field("调委会", "站前街道人民调解委员会"))
_SIDES = (Field("申请方", "王桂兰"), Field("另一方", "李大海"))
_DISPUTE = (Field("纠纷类型", "邻里"), Field("纠纷事实", "两家为地边子吵了两年。"))
_PARTIES = Field("当事人", _PEOPLE, must=True)
_MEDIATORS = Field("调解员", "孙和")
_CONTENT = Field("协议内容", "界石立回原处，李大海赔王桂兰八百元。", must=True)
_DONE = Field("履行", ("李大海付八百元，2026年12月10日前",))
_SIGNS = Field("签字处", ("王桂兰：", "李大海："))
_EFFECT = Field("生效日期", "2026年11月30日", must=True)
_FACTS = Field("主要事实", "两家承包地相邻，界石被移动。")


def _may_see(user: User | Any, about: str) -> bool:
    """Who may read what the parties said: papers name them whole."""
    case = Case.objects.filter(number=about.removeprefix("case:")).first()
    return case is not None and can_see(user, case) and can_read_inside(user, case)


def _kind(code: str, label: str, series: str, *fields: Field, public: bool = False) -> PaperKind:
    return PaperKind(
        code=f"med_{code}",
        label=label,
        series=series,
        body=(_FOLDER / f"{code}.txt").read_text(encoding="utf-8"),
        fields=(*_EVERY, *fields),
        may_see=_may_see,
        is_public=public,
        group=GROUP,
    )


def paper_kinds() -> tuple[PaperKind, ...]:
    """In the order in which they lie in the file. A party follows alone: only what names no other party is
    public; their copies are handed to them on paper (人民调解法 Art. 29)."""
    return (
        _kind("request", "人民调解申请书", "人调申", *_SIDES, *_DISPUTE, Field("收到日期", "2026年11月20日")),
        _kind(
            "register", "人民调解受理登记表", "人调登", *_SIDES, *_DISPUTE, _MEDIATORS,
            Field("来源", "公安机关移交"), Field("移交单位", "站前派出所"),
            Field("收到日期", "2026年11月20日"),
        ),
        _kind("rights", "权利义务告知书", "人调告", Field("已告知", "王桂兰、李大海")),
        _kind(
            "minutes", "人民调解记录", "人调记", _MEDIATORS,
            Field("时间", "2026年11月25日 9:00"), Field("地点", "裕民社区调解室"),
            Field("到场", "王桂兰、李大海"), Field("记录人", "李想"),
            Field("记录", "王桂兰说界石被挪了三尺；李大海承认，愿意立回去。", must=True),
        ),
        _kind(
            "agreement", "人民调解协议书", "人调", _PARTIES, _FACTS, _CONTENT, _DONE, _SIGNS,
            Field("责任", "李大海移动界石，有过错。"), Field("份数", "三"),
        ),
        _kind("oral", "口头协议登记表", "人调口", _PARTIES, *_DISPUTE, _CONTENT, _DONE, _EFFECT, _MEDIATORS),
        _kind(
            "confirm", "司法确认申请书", "人调确", _PARTIES, _FACTS, _CONTENT, _EFFECT, _SIGNS,
            Field("最晚日期", "2026年12月30日", must=True), Field("附件", ("调解协议", "双方的身份证明")),
        ),
        _kind(
            "visit", "人民调解回访记录", "人调访", _PARTIES,
            Field("时间", "2026年12月20日"), Field("履行情况", "都履行了"), Field("记录人", "李想"),
            Field("记录", "双方都说没有别的了。"),
        ),
        _kind(
            "ended", "终止调解告知书", "人调终", Field("纠纷类型", "邻里"), Field("结果", "没有达成协议"),
            Field("途径", ("向人民法院起诉", "请不起律师的，可以申请法律援助"), must=True), public=True,
        ),
    )  # fmt: skip
