"""The gallery of components: every piece of the design system with sample data, in every state."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import Page

NUMBER = "2611234567894"


class SampleForm(forms.Form):
    """One field of each sort."""

    text = forms.CharField(
        label=gettext_lazy("从头说，想到哪写到哪"),
        help_text=gettext_lazy("什么时候、在哪里、和谁、现在怎么样"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    phone = forms.CharField(label=gettext_lazy("手机号"), widget=forms.TextInput(attrs={"inputmode": "tel"}))
    name = forms.CharField(label=gettext_lazy("怎么称呼您"), required=False)
    whose = forms.ChoiceField(
        label=gettext_lazy("这是谁的电话"),
        choices=[("own", gettext_lazy("我自己的")), ("family", gettext_lazy("家里人的"))],
    )
    tell = forms.ChoiceField(
        label=gettext_lazy("怎么告诉您结果"),
        choices=[("phone", gettext_lazy("打电话给我")), ("sms", gettext_lazy("发短信"))],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label=gettext_lazy("同意把材料转给承办单位"))


class SampleFilter(forms.Form):
    """Filters of a list."""

    q = forms.CharField(label=gettext_lazy("找什么"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("业务"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("aid", gettext_lazy("法律援助"))],
    )


def _clocks() -> list[dict[str, Any]]:
    steps = [
        (_("11月16日"), _("收到申请，当天不算")),
        (_("加 7 日"), _("到 11月23日，法律援助法第四十三条")),
        (_("暂停 2 日"), _("11月18日至 20日等群众补材料")),
        (_("11月25日"), _("周三，不逢节假日，不顺延")),
    ]
    return [
        {"state": "on_time", "word": _("还剩 4 天"), "date": _("11月27日止"), "steps": []},
        {"state": "soon", "word": _("还剩 2 个工作日"), "date": _("11月25日止"), "steps": steps},
        {"state": "late", "word": _("超期 2 天"), "date": "", "steps": []},
        {"state": "paused", "word": _("时限暂停"), "date": _("等群众补充"), "steps": []},
        {"state": "done", "word": _("按时办结"), "date": "", "steps": []},
    ]


def _history(now: dt.datetime) -> list[dict[str, Any]]:
    def entry(days: int, sign: str, who: str, where: str, what: str, **more: Any) -> dict[str, Any]:
        plain = {"tone": "", "why": "", "quote": "", "links": []}
        told = {"sign": sign, "who": who, "where": where, "what": what, "at": now - dt.timedelta(days=days)}
        return {**plain, **told, **more}

    return [
        entry(0, "clock", _("系统"), _("自动"), _("提醒主办人：援助决定还剩 2 个工作日。")),
        entry(
            4,
            "brand-wechat",
            _("赵*山"),
            _("微信"),
            _("补交身份证复印件 2 张。材料齐了，时限接着算。"),
            links=[(_("正面"), "#"), (_("背面"), "#")],
        ),
        entry(
            6,
            "message",
            _("孙丽娟"),
            _("县中心"),
            _("一次告知：还缺身份证复印件。时限暂停，等群众补交。"),
            tone="ours",
            why=_("申请材料不齐（法律援助法第四十三条）"),
        ),
        entry(
            8,
            "phone",
            _("李敏"),
            _("热线 12348"),
            _("接听 6 分 12 秒，记下诉求并给出编号。"),
            quote=_("干了四个月的活，一分钱没给，包工头电话也打不通。"),
        ),
    ]


def _actions() -> dict[str, Any]:
    return {
        "primary": {"label": _("作出援助决定"), "url": "#", "icon": "gavel", "post": False},
        "actions": [
            {"label": _("告知群众"), "url": "#", "icon": "message", "post": False},
            {"label": _("转办"), "url": "#", "icon": "arrows-exchange", "post": False},
        ],
        "more": [
            {"label": _("请人协办"), "url": "#", "icon": "users", "post": False},
            {"label": _("申请延期"), "url": "#", "icon": "calendar-due", "post": False},
        ],
        "why_not": [_("现在还不能办结：决定作出并告知群众之后才可以。")],
    }


def _table(clocks: list[dict[str, Any]]) -> dict[str, Any]:
    columns = [
        {"label": _("什么事"), "num": False},
        {"label": _("时限"), "num": False},
        {"label": _("在哪里"), "num": False},
        {"label": _("件数"), "num": True},
    ]
    rows = [
        {"cells": [{"text": _("山林承包合同被收回"), "url": "#"}, {"clock": clocks[2]}, _("清原县"), "174"]},
        {"cells": [{"text": _("养老院押金不退"), "url": "#"}, {"clock": clocks[1]}, _("望花区"), "187"]},
    ]
    return {"columns": columns, "rows": rows, "total": {"cells": [_("合计"), "", "", "361"]}}


def _work(clocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def row(title: str, clock: dict[str, Any], *facts: str, is_open: bool = False) -> dict[str, Any]:
        return {"title": title, "url": "#", "number": NUMBER, "facts": facts, "clock": clock, "open": is_open}

    return [
        row(_("邻居盖房挡了采光"), clocks[2], _("刘*芝"), _("草市镇"), _("人民调解")),
        row(_("工资被拖欠四个月，包工头找不到"), clocks[1], _("赵*山"), _("法律援助"), is_open=True),
        row(_("房子过户要做哪种公证"), clocks[0], _("徐*波"), _("清原镇"), _("公证")),
    ]


def _road() -> list[dict[str, str]]:
    return [
        {"label": _("收到"), "note": _("11月13日"), "state": "done"},
        {"label": _("受理"), "note": _("11月16日"), "state": "done"},
        {"label": _("办理"), "note": _("现在"), "state": "now"},
        {"label": _("答复"), "note": "", "state": "todo"},
        {"label": _("办结"), "note": "", "state": "todo"},
    ]


def _public(now: dt.datetime) -> dict[str, Any]:
    return {
        "road": _road(),
        "talk": [
            {"mine": True, "text": _("工友也没拿到钱，能一起来吗？"), "who": _("您"), "at": now},
            {"mine": False, "text": _("可以，请他星期四一起来。"), "who": _("高调解员"), "at": now},
        ],
        "tiles": [
            {"icon": "message-2-question", "title": _("问一个法律问题"), "sub": _("法律咨询"), "url": "#"},
            {"icon": "scale", "title": _("打官司请不起律师"), "sub": _("申请法律援助"), "url": "#"},
            {"icon": "heart-handshake", "title": _("有纠纷，请人调解"), "sub": _("人民调解"), "url": "#"},
            {"icon": "rubber-stamp", "title": _("给文件做证明"), "sub": _("公证"), "url": "#"},
        ],
        "counties": [("210423000000", _("清原满族自治县")), ("210421000000", _("抚顺县"))],
        "towns": [("210423101000", _("红透山镇"))],
        "found": [("210421101000", _("抚顺县石文镇"))],
        "slip": [(_("业务"), _("法律援助")), (_("承办"), _("清原县公共法律服务中心"))],
        "slip_steps": [_("最晚 11月25日 周三 打电话告诉您。"), _("凭编号和手机后四位，随时能查。")],
    }


@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component; open to whoever is signed in, holds no data of anyone."""
    now = timezone.now()
    clocks = _clocks()
    bad = SampleForm({"text": "", "phone": "123"})
    bad.add_error("phone", _("手机号要 11 位，现在是 3 位。"))
    context = {
        "number": NUMBER,
        "now": now,
        "clocks": clocks,
        "history": _history(now),
        "table": _table(clocks),
        "work": _work(clocks),
        "good_form": SampleForm(auto_id="good_%s"),
        "bad_form": bad,
        "filter_form": SampleFilter(request.GET, auto_id="filter_%s"),
        "page": Page([1, 2], 2, 50, 174, False, True, "kind=aid"),  # type: ignore[list-item]
        "bars": [
            {"label": _("清原县"), "value": 174, "text": "174"},
            {"label": _("抚顺县"), "value": 92, "text": "92"},
        ],
        **_actions(),
        **_public(now),
    }
    return render(request, "desk/components.html", context)
