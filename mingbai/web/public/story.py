"""The history of a matter as its resident may read it: what happened and when, nothing internal."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.enums import State
from mingbai.cases.kinds import KINDS
from mingbai.journal.models import Entry

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry in plain words. `state` is the state the matter came to, "" where it did not change."""

    sign: str
    who: str
    what: str
    at: datetime
    state: str

    def row(self) -> dict[str, Any]:
        """What components/timeline.html needs."""
        tone = "" if self.who == _("您") else "ours"
        plain = {"where": "", "why": "", "quote": "", "links": []}
        return {**plain, "sign": self.sign, "tone": tone, "who": self.who, "what": self.what, "at": self.at}


_WORDS = {
    "opened": ("inbox", gettext_lazy("收到这件事，给出编号。")),
    "taken_up": ("user", gettext_lazy("有人接办了。")),
    "accepted": ("circle-check", gettext_lazy("已受理。")),
    "assigned": ("user", gettext_lazy("分派了办理人。")),
    "started": ("file-text", gettext_lazy("开始办理。")),
    "asked": ("message", gettext_lazy("请您补充。等您的时间不算在期限里。")),
    "supplemented": ("paperclip", gettext_lazy("作了补充。")),
    "answered": ("message", gettext_lazy("写了答复。")),
    "guided": ("map-pin", gettext_lazy("指明了到哪里办、带什么。")),
    "told": ("phone", gettext_lazy("已把结果告知您。")),
    "closed": ("check", gettext_lazy("办结。")),
    "refused": ("hand-stop", gettext_lazy("不予受理，写明了原因和其他办法。")),
    "withdrawn": ("arrow-back-up", gettext_lazy("撤回。")),
    "reopened": ("refresh", gettext_lazy("恢复办理。")),
    "redone": ("refresh", gettext_lazy("重新办理。")),
    "handover_accepted": ("arrows-exchange", gettext_lazy("转到另一个站点接着办，编号不变。")),
    "designated": ("arrows-exchange", gettext_lazy("指定了承办的站点。")),
    "extended": ("calendar-due", gettext_lazy("经批准延长了期限。")),
    "clock_corrected": ("calendar-due", gettext_lazy("放假安排公布后，到期日按新的日历更正了。")),
    "attached": ("paperclip", gettext_lazy("交了材料。")),
    "rated": ("star", gettext_lazy("作了评价。")),
    "called_back": ("phone-call", gettext_lazy("回访了您。")),
    "merged": ("link", gettext_lazy("与同一件事合并。")),
    "unmerged": ("unlink", gettext_lazy("取消了合并，接着单独办。")),
}
"""verb → sign and words; what is not here (looks, notes, warnings, offers) is our own business."""

_STATES = {"opened": State.RECEIVED, "merged": State.MERGED, "unmerged": State.IN_PROGRESS}


def story(entries: Iterable[Entry]) -> list[Told]:
    """The public entries, oldest first."""
    return [told for entry in entries if (told := _told(entry))]


def _told(entry: Entry) -> Told | None:
    verb = entry.verb.removeprefix("case.")
    if verb not in _WORDS:
        return None
    data: Data = json.loads(entry.data) if entry.data else {}
    sign, words = _WORDS[verb]
    what = _MORE[verb](data) if verb in _MORE else str(words)
    return Told(sign, _who(entry), what, entry.at, _state(verb, data))


def _who(entry: Entry) -> str:
    if entry.actor.startswith("resident:"):
        return _("您")
    return _("系统") if entry.actor.startswith("system:") else entry.actor_name


def _state(verb: str, data: Data) -> str:
    reached = str(data.get("to") or _STATES.get(verb, ""))
    return reached if reached in State.values else ""


def _converted(data: Data) -> str:
    kind = str(data.get("to", ""))
    label = KINDS.get(kind).label if kind in KINDS else kind
    return _("改按“%(kind)s”办理，编号不变。") % {"kind": label}


_MORE: dict[str, Callable[[Data], str]] = {"converted": _converted}
_WORDS["converted"] = ("arrows-exchange", "")
