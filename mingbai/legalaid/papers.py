"""The papers of legal aid: their words to begin with, what may stand in them, who reads them."""

from pathlib import Path
from typing import Any

from mingbai.cases.models import Case
from mingbai.cases.perms import can_see, can_show_person
from mingbai.papers.kinds import Field, PaperKind
from mingbai.people.models import User

_FOLDER = Path(__file__).parent / "data/papers"
GROUP = "法律援助"
ON_DEMAND = ("aid_application", "aid_receipt")
"""Issued when somebody asks for them; every other one comes with the decision it carries."""

_PARTY = (
    Field("申请人", "王桂兰"),
    Field("身份证号", "210402196503121523"),
    Field("电话", "13812345678"),
    Field("事项", "请求支付劳动报酬"),
    Field("办件编号", "2611 2345 6789 4"),
    Field("收到日期", "2026年11月20日"),
)
"""What every paper of legal aid may name."""
_WORK = (Field("援助形式", "打官司代理"), Field("办案机关", "抚顺市新抚区人民法院"))
_REASON = Field("理由", "月人均收入 900 元，低于本地经济困难标准。")
_REFUSED = Field("理由", "月人均收入 9,800 元，超过本地经济困难标准，又不属于不受限制的情形。", must=True)
_REMEDIES = Field(
    "救济",
    "您对本决定不服的，可以向设立本机构的司法行政部门提出异议；对司法行政部门维持决定不服的，"
    "可以申请行政复议或者提起行政诉讼（《中华人民共和国法律援助法》第四十九条）。",
    must=True,
)
_LAWYER = (Field("承办人", "东方明"), Field("承办机构", "辽宁抚明律师事务所"))


def _may_see(user: User | Any, about: str) -> bool:
    """Who sees the matter and may see its people: papers name them whole."""
    case = Case.objects.filter(number=about.removeprefix("case:")).first()
    return case is not None and can_see(user, case) and can_show_person(user, case)


def _kind(code: str, label: str, series: str, *fields: Field, public: bool = True) -> PaperKind:
    return PaperKind(
        code=f"aid_{code}",
        label=label,
        series=series,
        body=(_FOLDER / f"{code}.txt").read_text(encoding="utf-8"),
        fields=(*_PARTY, *fields),
        may_see=_may_see,
        is_public=public,
        group=GROUP,
    )


def paper_kinds() -> tuple[PaperKind, ...]:
    """In the order of their coming."""
    return (
        _kind(
            "application", "法律援助申请表", "法援申", *_WORK,
            Field("谁来申请", "本人"), Field("对方", "抚顺某建筑公司"), Field("怎样证明", "个人诚信承诺"),
            Field("经济状况", "每人每月 900 元，3 口人，一人长期患病"), Field("特定人员", "进城务工人员"),
            Field("申请理由", "在工地干活，老板三个月没发工资。"),
        ),
        _kind("receipt", "收件回执", "法援收", Field("已收材料", "已收到材料：身份证、工资欠条。")),
        _kind(
            "supplement", "补充材料通知书", "法援补",
            Field("缺的材料", ("身份证", "工资欠条或者工友证明"), must=True),
            Field("说明", "欠条可以拍照提交。"), Field("补充期限", "2026年12月4日", must=True),
        ),
        _kind("grant", "给予法律援助决定书", "法援决", _REASON, Field("条件", "经济困难（第四十一条）")),
        _kind(
            "first", "先行提供法律援助决定书", "法援决", _REASON,
            Field("紧急情形", "离法定时效或期限届满不足七日", must=True),
        ),
        _kind(
            "refusal", "不予法律援助决定书", "法援决", _REFUSED, _REMEDIES,
            Field("依据", "《辽宁省法律援助条例》、本地经济困难标准"),
        ),
        _kind(
            "termination", "终止法律援助决定书", "法援决", _REFUSED, _REMEDIES,
            Field("终止情形", "自行委托律师或者其他代理人", must=True),
        ),
        _kind("assignment", "指派通知书", "法援指", *_WORK, *_LAWYER, public=False),
        _kind(
            "transfer", "申请转交函", "法援转",
            Field("转给机构", "沈阳市法律援助中心", must=True),
            Field("理由", "案件由沈阳市沈河区人民法院审理。"), Field("材料", ("申请表", "身份证复印件")),
        ),
        _kind("closing", "结案通知书", "法援结", *_LAWYER, Field("结果", "法院判决支付工资 18,600 元。")),
    )  # fmt: skip
