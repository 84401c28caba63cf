"""The rules of time and routing that a new city starts with: each with its source, all of them editable.

Sources that were not read in full, or are another province's, say so: the office checks and replaces them.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

_OWN = "本平台服务承诺，可按本市规定修改"
_SHANDONG = "比照《山东省12348热线平台管理规定》(2017)；本省文本未核到，请按本省规定修改"
_SINCE = date(2017, 1, 1)


@dataclass(frozen=True)
class DeadlineTerms:
    """A row of DeadlineRule. Rules of one code compete, the most specific wins."""

    code: str
    name: str
    starts_on: str
    stops_on: str
    amount: int
    unit: str
    source: str
    kind: str = ""
    wage_only: bool = False
    urgent_only: bool = False
    stage: str = ""
    strength: str = "service"
    first_day_counts: bool = False
    end_moves: bool = True
    pauses: bool = True
    extension_most: int = 0
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class RoutingTerms:
    """A row of RoutingRule: the lowest tier that a channel may reach."""

    channel: str
    lowest_tier: str
    source: str
    kind: str = ""
    urgent_only: bool = False
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return asdict(self)


_D = DeadlineTerms
PROPOSAL, PROMISE = "proposal", "promise"
"""What an opinion may be besides what somebody said: as its stage, for its rule of time."""

DEADLINES: tuple[DeadlineTerms, ...] = (
    # ── every matter ──
    _D(
        "take_up",
        "接办",
        "opened",
        "taken_up",
        1,
        "working_day",
        f"转办工单1个工作日内：{_SHANDONG}",
        pauses=False,
    ),
    _D(
        "take_up",
        "接办（欠薪当日）",
        "opened",
        "taken_up",
        1,
        "calendar_day",
        "农民工欠薪求助绿色通道，力争当日申请、受理、审批、指派（司法部2019-05-20发布会）",
        wage_only=True,
        first_day_counts=True,
        pauses=False,
    ),
    _D(
        "take_up",
        "接办（紧急）",
        "opened",
        "taken_up",
        1,
        "hour",
        f"紧急事项1小时内转办：{_SHANDONG}",
        urgent_only=True,
        end_moves=False,
        pauses=False,
    ),
    _D(
        "handover",
        "签收转办",
        "handed_over",
        "handover_answered",
        1,
        "working_day",
        f"1个工作日内签收或退回：{_OWN}；退回2个工作日内说明理由见山东省12345规定(仅见摘要)",
        pauses=False,
    ),
    _D(
        "tell",
        "告知群众",
        "answered",
        "told",
        1,
        "working_day",
        f"答复后1个工作日内告知：{_OWN}",
        pauses=False,
    ),
    _D(
        "close",
        "办结",
        "told",
        "closed",
        5,
        "working_day",
        f"告知后5个工作日内办结：{_OWN}",
        pauses=False,
    ),
    _D(
        "call_back",
        "差评回访",
        "rated_badly",
        "called_back",
        5,
        "working_day",
        "差评须核实整改并回访：国办发〔2019〕51号；5个工作日比照德州市做法（四川有地方为15个工作日）",
        pauses=False,
    ),
    # ── answers ──
    _D(
        "answer",
        "答复咨询",
        "opened",
        "answered",
        24,
        "hour",
        f"留言咨询24小时内答复：比照一县法律援助咨询指南；{_OWN}",
        kind="consultation",
    ),
    _D(
        "answer_limit",
        "答复咨询（上限）",
        "opened",
        "answered",
        5,
        "working_day",
        f"5个工作日内答复，经批准可延长，最长15个工作日：{_SHANDONG}",
        kind="consultation",
        extension_most=10,
    ),
    _D(
        "answer",
        "答复（欠薪当日）",
        "opened",
        "answered",
        1,
        "calendar_day",
        "农民工欠薪求助绿色通道，力争当日办理（司法部2019-05-20发布会）",
        wage_only=True,
        first_day_counts=True,
    ),
    _D("answer", "推荐律师", "opened", "answered", 5, "working_day", _OWN, kind="counsel"),
    _D("answer", "指引鉴定机构", "opened", "answered", 1, "working_day", _OWN, kind="forensic"),
    _D("answer", "指引仲裁机构", "opened", "answered", 1, "working_day", _OWN, kind="arbitration"),
    _D("answer", "指引考试事项", "opened", "answered", 1, "working_day", _OWN, kind="exam"),
    _D(
        "answer",
        "答复意见建议",
        "opened",
        "answered",
        15,
        "working_day",
        f"比照政府网站留言复杂事项15个工作日（未核到原文）；{_OWN}",
        kind="opinion",
    ),
    _D(
        "answer",
        "答复建议提案",
        "opened",
        "answered",
        3,
        "month",
        "《代表法》（2015年修正）第四十二条：交办之日起三个月内，涉及面广、处理难度大的六个月内"
        "（之后修订过，条号请按现行文本核对）",
        kind="opinion",
        stage=PROPOSAL,
        strength="legal",
        pauses=False,
        extension_most=3,
    ),
    _D(
        "answer",
        "兑现答复里答应的事",
        "opened",
        "answered",
        3,
        "month",
        f"以答复里写明的日期为准，登记时必填；月数只用来算延期：{_OWN}",
        kind="opinion",
        stage=PROMISE,
        pauses=False,
        extension_most=3,
    ),
    # ── periods of law ──
    _D(
        "legal_aid_decision",
        "法律援助审查",
        "opened",
        "answered",
        7,
        "calendar_day",
        "《法律援助法》第四十三条：收到申请之日起七日内；补充材料时间不计（办理法律援助案件程序规定）",
        kind="legal_aid",
        strength="legal",
        valid_from=date(2022, 1, 1),
    ),
    _D(
        "mediation",
        "调解",
        "accepted",
        "answered",
        1,
        "month",
        "《人民调解工作若干规定》(司法部令第75号)第三十六条：受理之日起一个月内调结（未核到原文）",
        kind="mediation",
        strength="legal",
        extension_most=1,
    ),
    _D(
        "notary_acceptance",
        "决定是否受理公证",
        "opened",
        "accepted",
        3,
        "working_day",
        f"由公证员决定是否受理，3个工作日内答复：{_OWN}",
        kind="notary",
    ),
    _D(
        "notary",
        "出具公证书",
        "accepted",
        "answered",
        15,
        "working_day",
        "《公证法》第三十条：受理之日起十五个工作日；补充证明、核实情况、不可抗力时间不计",
        kind="notary",
        strength="legal",
        valid_from=date(2017, 9, 1),
    ),
    _D(
        "approval_complete",
        "告知材料是否齐全",
        "opened",
        "accepted",
        5,
        "working_day",
        "《行政许可法》第三十二条：五日内一次告知需要补正的全部内容；第八十二条：按工作日计算（未核到原文）",
        kind="approval",
        strength="legal",
    ),
    _D(
        "approval",
        "作出许可决定",
        "accepted",
        "answered",
        20,
        "working_day",
        "《行政许可法》第四十二条：受理之日起二十日内，经批准可延长十日；第八十二条：工作日（未核到原文）",
        kind="approval",
        strength="legal",
        extension_most=10,
    ),
    _D(
        "complaint_receipt",
        "决定是否受理投诉",
        "opened",
        "accepted",
        15,
        "calendar_day",
        "比照《信访工作条例》第二十二条：收到之日起15日内",
        kind="complaint",
        strength="legal",
        valid_from=date(2022, 5, 1),
    ),
    _D(
        "complaint",
        "办理投诉",
        "accepted",
        "answered",
        60,
        "calendar_day",
        "比照《信访工作条例》第三十四条：受理之日起60日内，经批准可延长30日",
        kind="complaint",
        strength="legal",
        extension_most=30,
        valid_from=date(2022, 5, 1),
    ),
)

_COUNTY = "网上、微信、查询机和其他单位转来的事项直接到县区中心（建设要求）"

ROUTES: tuple[RoutingTerms, ...] = (
    RoutingTerms("", "village_studio", "就近受理，逐级向上；不能承办的站点向上一级"),
    *(RoutingTerms(channel, "county_centre", _COUNTY) for channel in ("web", "wechat", "kiosk", "partner")),
)
