"""The history of one matter in words: every entry of its chain, and of the chains of its people."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingbai.cases.enums import Channel, State, Tell
from mingbai.cases.kinds import KINDS, line_work
from mingbai.cases.models import Case
from mingbai.cases.queries.books import Books, books
from mingbai.core.when import moment
from mingbai.journal.models import Entry
from mingbai.knowledge.enums import Risk, Topic
from mingbai.people.models import Worker

_L = gettext_lazy


@dataclass(frozen=True)
class Line:
    """One row of the history. `state` is the matter's state after it; `why` the reason, if given."""

    at: datetime
    who: str
    verb: str
    text: str
    why: str
    state: str
    details: tuple[str, ...] = ()


_WORDS: Mapping[str, Any] = {
    "case.opened": _L("收到，由%(station)s承办"),
    "case.taken_up": _L("%(worker)s接办"),
    "case.accepted": _L("受理"),
    "case.started": _L("开始办理"),
    "case.refused": _L("不予受理"),
    "case.asked": _L("请群众补充"),
    "case.supplemented": _L("收到补充"),
    "case.answered": _L("答复"),
    "case.guided": _L("指引到办理单位"),
    "case.told": _L("已告知（%(how)s）"),
    "case.closed": _L("办结"),
    "case.withdrawn": _L("撤回"),
    "case.reopened": _L("恢复办理"),
    "case.redone": _L("重办"),
    "case.noted": _L("内部备注"),
    "case.converted": _L("由%(from_kind)s转为%(to_kind)s"),
    "case.assigned": _L("分派给%(to_worker)s"),
    "case.offered": _L("转办给%(taker)s，待签收"),
    "case.handed_over": _L("%(to_station)s签收"),
    "case.declined": _L("%(taker)s退回"),
    "case.taken_back": _L("收回转办"),
    "case.designated": _L("指定%(to_station)s承办"),
    "case.help_asked": _L("请%(station)s协办"),
    "case.helped": _L("%(station)s完成协办"),
    "case.clock_soon": _L("“%(rule)s”快到期（%(due)s）"),
    "case.clock_late": _L("“%(rule)s”已超期（%(due)s）"),
    "case.unattended": _L("%(worker)s请假，无人代班，由监督人员指定承办"),
    "case.clock_corrected": _L("放假安排变化，“%(rule)s”改为%(to_time)s到期"),
    "case.clock_set": _L("“%(rule)s”定在%(due)s到期"),
    "case.extension_asked": _L("申请延期 %(amount)s"),
    "case.extended": _L("同意延期 %(amount)s"),
    "case.extension_refused": _L("未同意延期"),
    "case.merged": _L("并入 %(into)s"),
    "case.absorbed": _L("%(number)s 并入本件"),
    "case.unmerged": _L("取消并单"),
    "case.released": _L("%(number)s 取消并单"),
    "case.given": _L("转给%(partner)s"),
    "case.order_said": _L("回告%(partner)s"),
    "case.linked": _L("关联群众档案"),
    "case.person_shown": _L("查看个人信息（%(fields)s）"),
    "case.person_copied": _L("打印个人信息副本"),
    "case.person_corrected": _L("更正个人信息（%(fields)s）"),
    "case.classified": _L("主题：%(topic)s"),
    "case.kind_confirmed": _L("核对过，就是%(to_kind)s"),
    "case.made_urgent": _L("定为紧急"),
    "case.made_normal": _L("定为不紧急"),
    "case.warned": _L("文字提示风险：%(risks)s"),
    "case.risk_reported": _L("“%(risk)s”已报告%(office)s"),
    "case.risk_dismissed": _L("“%(risk)s”核实不是风险"),
    "case.rated": _L("群众评价：%(grade)s"),
    "case.told_how": _L("说了从哪里知道我们"),
    "case.called_back": _L("回访：%(happy)s"),
    "case.appealed": _L("对评价提出申诉"),
    "case.appeal_decided": _L("申诉结果：%(struck)s"),
    "case.attached": _L("收到附件"),
    "case.attachment_opened": _L("查看附件"),
    "case.corrected": _L("按台账更正"),
    "case.consent_withdrawn": _L("撤回同意"),
    "case.erased": _L("按本人要求删除个人信息"),
    "case.retired": _L("保管期满，经鉴定销毁内容"),
    "case.supervised": _L("督办"),
    "case.supervision_climbed": _L("督办升级到市级"),
    "case.supervision_answered": _L("答复督办"),
    "case.supervision_returned": _L("督办答复退回"),
    "case.supervision_closed": _L("督办结束"),
    "follow.locked": _L("查询码连续输错，暂停查询一小时"),
    "resident.merged": _L("群众档案合并"),
    "resident.absorbed": _L("群众档案合并"),
    "resident.unmerged": _L("取消群众档案合并"),
    "resident.released": _L("取消群众档案合并"),
    "resident.copied": _L("打印个人信息副本"),
    "resident.corrected": _L("更正个人信息"),
    "resident.erased": _L("删除个人信息"),
    "paper.issued": _L("出具《%(label)s》%(number)s"),
    "paper.opened": _L("打印《%(label)s》%(number)s"),
    "filing.sent": _L("报送到外部系统"),
    "filing.compared": _L("和外部系统的数据核对"),
    "filing.looked": _L("查看报送内容"),
    "paper.voided": _L("《%(label)s》%(number)s作废"),
}

PUBLIC = frozenset(
    "case." + verb
    for verb in (
        "opened taken_up accepted started refused asked supplemented answered guided told closed withdrawn "
        "reopened redone converted handed_over designated extended clock_corrected merged unmerged rated "
        "attached corrected"
    ).split()
)
"""What the resident and the partner read; the rest is how the house works within itself."""

_WHY_FOR_ALL = frozenset({"case.converted"})
"""Other reasons are words among colleagues."""

_FIELDS = {
    "name": pgettext_lazy("personal value", "姓名"),
    "phone": pgettext_lazy("personal value", "电话"),
    "id_number": pgettext_lazy("personal value", "身份证号"),
}


def history_of(case: Case, *, public: bool = False) -> list[Line]:
    """Every change of the matter, oldest first: three queries at most.

    `public` leaves out what is internal, and says the station instead of the person.
    """
    entries = list(Entry.objects.filter(chain__in=_chains(case, public)).order_by("id"))
    told = [(entry, json.loads(entry.data)) for entry in entries]
    book, workers = books(), _worker_names(data for _entry, data in told)
    lines, state = [], str(State.RECEIVED)
    for entry, data in told:
        state = _state_after(entry, data, state)
        if not public or entry.verb in PUBLIC or entry.verb in line_work(case.kind).public:
            lines.append(_line(case, entry, data, state, public, book, workers))
    return lines


def _chains(case: Case, public: bool) -> list[str]:
    people = {pk for pk in (case.speaker_id, case.party_id) if pk and not public}
    return [case.chain, *([] if public else [f"follow:{case.number}"]), *(f"resident:{pk}" for pk in people)]


def _state_after(entry: Entry, data: dict[str, Any], before: str) -> str:
    """Entries that move the state say so in "to", or in "state" where "to" says something else."""
    if not entry.chain.startswith("case:"):
        return before
    for name in ("state", "to"):
        if data.get(name) in State.values:
            return str(data[name])
    return before


def _line(
    case: Case,
    entry: Entry,
    data: dict[str, Any],
    state: str,
    public: bool,
    book: Books,
    workers: dict[str, str],
) -> Line:
    values = _values(data, book, workers)
    if public:
        values["worker"] = values["to_worker"] = _("工作人员")
    words = _WORDS.get(entry.verb) or line_work(case.kind).words.get(entry.verb, entry.verb)
    why = str(data.get("why") or "") if not public or entry.verb in _WHY_FOR_ALL else ""
    reasons = tuple(data.get("reasons", ())) if entry.verb == "case.opened" else ()
    return Line(entry.at, _who(entry, public, book), entry.verb, str(words) % values, why, state, reasons)


def _who(entry: Entry, public: bool, book: Books) -> str:
    kind = entry.actor.partition(":")[0]
    if kind == "resident":
        return _("群众")
    if public and kind == "user":
        station = book.places.stations.get(entry.place)
        return station.name if station else _("工作人员")
    return entry.actor_name


def _worker_names(all_data: Iterable[dict[str, Any]]) -> dict[str, str]:
    values = [data.get(name) for data in all_data for name in ("worker", "to")]
    codes = {value for value in values if isinstance(value, str) and value not in State.values}
    return dict(Worker.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _values(data: dict[str, Any], book: Books, workers: dict[str, str]) -> dict[str, str]:
    """Every gap of the words above; a gap that an old entry cannot fill stays a dash."""

    def station(code: object) -> str:
        row = book.places.stations.get(str(code))
        return row.name if row else "—"

    rule = next((rule for rule in book.rules.deadlines if rule.code == data.get("rule")), None)
    return {
        "station": station(data.get("station")),
        "taker": station(data.get("taker")),
        "to_station": station(data.get("to")),
        "worker": workers.get(str(data.get("worker")), "—"),
        "to_worker": workers.get(str(data.get("to")), "—"),
        "from_kind": _kind(data.get("from")),
        "to_kind": _kind(data.get("to")),
        "how": str(dict(Tell.choices).get(str(data.get("how")), "—")),
        "channel": str(dict(Channel.choices).get(str(data.get("channel")), "—")),
        "rule": rule.name if rule else str(data.get("rule", "—")),
        "due": _time(data.get("due")),
        "to_time": _time(data.get("to")),
        "partner": str(data.get("partner_name", "—")),
        "amount": str(data.get("amount", "—")),
        "topic": str(dict(Topic.choices).get(str(data.get("topic")), "—")),
        "risk": _risks([data.get("risk")]),
        "risks": _risks(data.get("risks", ())),
        "office": str(data.get("office", "—")),
        "into": str(data.get("into", "—")),
        "number": str(data.get("number", "—")),
        "label": str(data.get("label", "—")),
        "grade": str(data.get("grade", "—")),
        "happy": _("满意") if data.get("happy") else _("不满意"),
        "struck": _("评价剔除") if data.get("struck") else _("维持评价"),
        "fields": "、".join(str(_FIELDS.get(name, name)) for name in data.get("fields", ())),
    }


def _kind(code: object) -> str:
    return str(KINDS.get(str(code)).label) if str(code) in KINDS else "—"


def _risks(codes: Iterable[object]) -> str:
    return "、".join(str(Risk(code).label) for code in codes if code in Risk.values) or "—"


def _time(text: object) -> str:
    try:
        return moment(datetime.fromisoformat(str(text)))
    except ValueError:
        return "—"
