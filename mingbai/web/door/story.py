"""The history of one visit in words, newest first."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _L  # noqa: N812

from mingbai.journal.models import Entry

MOST = 50

VERBS: Mapping[str, Any] = {
    "visit.booked": _L("预约"),
    "visit.moved": _L("改期"),
    "visit.cancelled": _L("取消预约"),
    "visit.displaced": _L("时间被取消"),
    "visit.stands": _L("时间恢复"),
    "visit.no_show": _L("没有来"),
    "visit.recorded": _L("记下来访"),
    "visit.served": _L("办好"),
    "visit.received": _L("领导接待"),
    "visit.opinion_taken": _L("意见立为办件"),
    "visit.became_case": _L("立为办件"),
    "visit.bound": _L("归入办件"),
    "visit.person_shown": _L("查看姓名电话"),
    "visit.landed": _L("台账导入"),
    "visit.ticket": _L("取号"),
    "visit.arrived": _L("到场取号"),
    "visit.called": _L("叫号"),
    "visit.called_again": _L("再叫"),
    "visit.absent": _L("过号"),
    "visit.back": _L("过号后回来"),
    "visit.forwarded": _L("转到别的窗口"),
    "visit.rated": _L("评价"),
    "visit.placed": _L("记下上门的位置"),
    "visit.left": _L("离开"),
}


def entries_of(chain: str) -> list[dict[str, Any]]:
    """The last entries of the chain as the component of the history wants them."""
    found = Entry.objects.filter(chain=chain).order_by("-seq")[:MOST]
    return [_entry(entry) for entry in found]


def _entry(entry: Entry) -> dict[str, Any]:
    data = json.loads(entry.data)
    what = str(VERBS.get(entry.verb, entry.verb))
    if window := data.get("window"):
        what = _("%(what)s，%(n)s 号窗口") % {"what": what, "n": window}
    if data.get("told") is False:
        what = _("%(what)s，没有手机，请打电话告诉他") % {"what": what}
    return {
        "sign": "history",
        "tone": "",
        "who": entry.actor_name or entry.actor,
        "where": "",
        "what": what,
        "at": entry.at,
        "quote": "",
        "why": str(data.get("why", "")),
        "links": [],
    }
