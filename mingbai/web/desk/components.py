"""The gallery of components: every piece of the design system with sample data, in every state.

The samples are data, like a name or a place: they are not translated.
"""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from mingbai.core.pagination import Page
from mingbai.web.access import staff
from mingbai.web.maps import Point, drawn

NUMBER = "2611234567894"
SAY = {
    "state": "办理中",
    "stage": "审查",
    "is_open": "正在开门",
    "your_turn": "轮到您",
    "your_task": "材料已齐，请在 11月25日 周三前决定是否给予援助。",
    "their_turn": "等群众",
    "their_task": "补交身份证复印件，时限暂停。",
    "name": "孙丽娟",
    "station": "清原县公共法律服务中心",
    "hand_over": "转办",
    "offer": "已转给抚顺县中心，待签收",
    "person": "赵*山",
    "role": "当事人",
    "late": "已超期",
    "one": "1 件",
    "caption": "超期的，是谁的",
    "empty": "这里还没有办件",
    "empty_text": "转给您的办件会出现在这里，先从新办件开始。",
    "new": "新办件",
    "note": "刚才网络断了一会儿",
    "note_text": "您写的都存在这部手机里，一个字没丢。接着写，连上了再交给我们。",
    "files": "照片和材料",
    "files_hint": "欠条、考勤、转账记录都可以拍。没有也能办。",
    "unit": "件",
    "change": "比上周一少 5 件",
    "definition": "到今天零点，最早的未停时限已过的在办办件。",
    "rows": "看 17 件",
    "bars": "各县区在办",
    "county": "县区",
    "work": "正在导入台账",
    "work_note": "可以离开这一页，导完会告诉您。",
    "slip": "请收好这张小票",
    "city": "抚顺市",
}
TABS = [
    {"label": "在办", "url": "#", "count": 12, "current": True},
    {"label": "待签收", "url": "#", "count": 2, "current": False},
    {"label": "本站全部", "url": "#", "count": "", "current": False},
]
CHIPS = [{"label": "业务：法律援助", "url": "?"}, {"label": "红透山镇", "url": "?"}]


class SampleForm(forms.Form):
    """One field of each sort."""

    text = forms.CharField(
        label="从头说，想到哪写到哪",
        help_text="什么时候、在哪里、和谁、现在怎么样",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    phone = forms.CharField(label="手机号", widget=forms.TextInput(attrs={"inputmode": "tel"}))
    name = forms.CharField(label="怎么称呼您", required=False)
    whose = forms.ChoiceField(
        label="这是谁的电话",
        choices=[("own", "我自己的"), ("family", "家里人的")],
    )
    tell = forms.ChoiceField(
        label="怎么告诉您结果",
        choices=[("phone", "打电话给我"), ("sms", "发短信")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="同意把材料转给承办单位")


class SampleFilter(forms.Form):
    """Filters of a list."""

    q = forms.CharField(label="找什么", required=False)
    kind = forms.ChoiceField(
        label="业务",
        required=False,
        choices=[("", "全部"), ("aid", "法律援助")],
    )


def _clocks() -> list[dict[str, Any]]:
    steps = [
        ("11月16日", "收到申请，当天不算"),
        ("加 7 日", "到 11月23日，法律援助法第四十三条"),
        ("暂停 2 日", "11月18日至 20日等群众补材料"),
        ("11月25日", "周三，不逢节假日，不顺延"),
    ]
    return [
        {"state": "on_time", "word": "还剩 4 天", "date": "11月27日止", "steps": []},
        {"state": "soon", "word": "还剩 2 个工作日", "date": "11月25日止", "steps": steps},
        {"state": "late", "word": "超期 2 天", "date": "", "steps": []},
        {"state": "paused", "word": "时限暂停", "date": "等群众补充", "steps": []},
        {"state": "done", "word": "按时办结", "date": "", "steps": []},
    ]


def _history(now: dt.datetime) -> list[dict[str, Any]]:
    def entry(days: int, sign: str, who: str, where: str, what: str, **more: Any) -> dict[str, Any]:
        plain = {"tone": "", "why": "", "quote": "", "links": []}
        told = {"sign": sign, "who": who, "where": where, "what": what, "at": now - dt.timedelta(days=days)}
        return {**plain, **told, **more}

    return [
        entry(0, "clock", "系统", "自动", "提醒主办人：援助决定还剩 2 个工作日。"),
        entry(
            4,
            "brand-wechat",
            "赵*山",
            "微信",
            "补交身份证复印件 2 张。材料齐了，时限接着算。",
            links=[("正面", "#"), ("背面", "#")],
        ),
        entry(
            6,
            "message",
            "孙丽娟",
            "县中心",
            "一次告知：还缺身份证复印件。时限暂停，等群众补交。",
            tone="ours",
            why="申请材料不齐（法律援助法第四十三条）",
        ),
        entry(
            8,
            "phone",
            "李敏",
            "热线 12348",
            "接听 6 分 12 秒，记下诉求并给出编号。",
            quote="干了四个月的活，一分钱没给，包工头电话也打不通。",
        ),
    ]


def _actions() -> dict[str, Any]:
    return {
        "primary": {"label": "作出援助决定", "url": "#", "icon": "gavel", "post": False},
        "actions": [
            {"label": "告知群众", "url": "#", "icon": "message", "post": False},
            {"label": "转办", "url": "#", "icon": "arrows-exchange", "post": False},
        ],
        "more": [
            {"label": "请人协办", "url": "#", "icon": "users", "post": False},
            {"label": "申请延期", "url": "#", "icon": "calendar-due", "post": False},
        ],
        "why_not": ["现在还不能办结：决定作出并告知群众之后才可以。"],
    }


def _table(clocks: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [
        {"label": "什么事", "num": False},
        {"label": "时限", "num": False},
        {"label": "在哪里", "num": False},
        {"label": "件数", "num": True},
    ]
    rows = [
        {"cells": [{"text": "山林承包合同被收回", "url": "#"}, {"clock": clocks[2]}, "清原县", "174"]},
        {"cells": [{"text": "养老院押金不退", "url": "#"}, {"clock": clocks[1]}, "望花区", "187"]},
    ]
    return {"columns": columns, "rows": rows, "total": {"cells": ["合计", "", "", "361"]}}


def _work(clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def row(title: str, clock: dict[str, Any], *facts: str, is_open: bool = False) -> dict[str, Any]:
        return {"title": title, "url": "#", "number": NUMBER, "facts": facts, "clock": clock, "open": is_open}

    return [
        row("邻居盖房挡了采光", clocks[2], "刘*芝", "草市镇", "人民调解"),
        row("工资被拖欠四个月，包工头找不到", clocks[1], "赵*山", "法律援助", is_open=True),
        row("房子过户要做哪种公证", clocks[0], "徐*波", "清原镇", "公证"),
    ]


def _road() -> list[dict[str, str]]:
    return [
        {"label": "收到", "note": "11月13日", "state": "done"},
        {"label": "受理", "note": "11月16日", "state": "done"},
        {"label": "办理", "note": "现在", "state": "now"},
        {"label": "答复", "note": "", "state": "todo"},
        {"label": "办结", "note": "", "state": "todo"},
    ]


def _public(now: dt.datetime) -> dict[str, Any]:
    return {
        "road": _road(),
        "talk": [
            {"mine": True, "text": "工友也没拿到钱，能一起来吗？", "who": "您", "at": now},
            {"mine": False, "text": "可以，请他星期四一起来。", "who": "高调解员", "at": now},
        ],
        "tiles": [
            {"icon": "message-2-question", "title": "问一个法律问题", "sub": "法律咨询", "url": "#"},
            {"icon": "scale", "title": "打官司请不起律师", "sub": "申请法律援助", "url": "#"},
            {"icon": "heart-handshake", "title": "有纠纷，请人调解", "sub": "人民调解", "url": "#"},
            {"icon": "rubber-stamp", "title": "给文件做证明", "sub": "公证", "url": "#"},
        ],
        "counties": [("210423000000", "清原满族自治县"), ("210421000000", "抚顺县")],
        "towns": [("210423101000", "红透山镇")],
        "found": [("210421101000", "抚顺县石文镇")],
        "slip": [("业务", "法律援助"), ("承办", "清原县公共法律服务中心")],
        "slip_steps": ["最晚 11月25日 周三 打电话告诉您。", "凭编号和手机后四位，随时能查。"],
    }


FIND = {
    "text": "老板不给钱",
    "kind": "article",
    "kinds": [("article", "法条"), ("guide", "办事指南")],
    "alike_title": "也许已经有答案",
    "alike": [{"title": "老板三个月不给钱怎么办", "url": "#", "note": "已有律师审核过的回答"}],
    "hits": [
        {
            "kind": "法条",
            "url": "#",
            "title": (("示范劳动法第二条", False),),
            "snippet": (("用人单位", False), ("拖欠劳动报酬", True), ("的，劳动者可以申请仲裁。", False)),
            "phone": "024-57612345",
            "call": "",
            "address": "",
            "hours": "",
            "sign": "",
            "far": "",
        }
    ],
}

MAP_LAND = [
    ("东边", {"type": "Polygon", "coordinates": [[[1, 0], [2, 0], [2, 1], [1, 1.2], [1, 0]]]}),
    ("西边", {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1.2], [0, 1], [0, 0]]]}),
]
MAP_POINTS = [Point(0.5, 0.5, "1", "一号站", "#"), Point(1.6, 0.7, "2", "二号站", "#")]
QUESTION = {
    "code": "group",
    "text": "您遇到的是哪一类事？",
    "hint": "选最接近的一个。",
    "answers": [],
    "choices": [
        {"code": "work", "label": "干活、工资、社保", "note": ""},
        {"code": "wage", "label": "欠工资、欠工钱", "note": "请求支付劳动报酬"},
    ],
}


@staff(None)
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; open to whoever is signed in, holds no data of anyone."""
    now = timezone.now()
    clocks = _clocks()
    bad = SampleForm({"text": "", "phone": "123"})
    bad.add_error("phone", "手机号要 11 位，现在是 3 位。")
    context = {
        "number": NUMBER,
        "say": SAY,
        "tabs": TABS,
        "chips": CHIPS,
        "now": now,
        "clocks": clocks,
        "history": _history(now),
        "table": _table(clocks),
        "work": _work(clocks),
        "good_form": SampleForm(auto_id="good_%s"),
        "bad_form": bad,
        "filter_form": SampleFilter(request.GET, auto_id="filter_%s"),
        "page": Page([1, 2], 2, 50, 174, False, True, "kind=aid"),  # type: ignore[type-var]
        "find": FIND,
        "question": QUESTION,
        "map": drawn(MAP_POINTS, MAP_LAND, "示例，不是地图"),
        "bars": [
            {"label": "清原县", "value": 174, "text": "174"},
            {"label": "抚顺县", "value": 92, "text": "92"},
        ],
        **_actions(),
        **_public(now),
    }
    return render(request, "desk/components.html", context)
