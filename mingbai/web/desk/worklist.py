"""The work list: the filters of its address, and its rows in the groups of what is due when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mingbai.cases.enums import Channel, State, WaitingOn
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, CaseQuerySet, Clock
from mingbai.cases.queries import Filters, work_list
from mingbai.cases.rules.clocks import urgency
from mingbai.core.checks import mask_name
from mingbai.core.numbers import clean_number
from mingbai.people.perms import can, scopes
from mingbai.people.roles import Permission
from mingbai.places.enums import Level
from mingbai.places.rules import Register
from mingbai.web.chips import Chip, chip_of
from mingbai.web.desk.case_page import tags_of
from mingbai.web.desk.reach import Here
from mingbai.web.matters import kind_label, title_of
from mingbai.web.where import choices_below

_ANY = [("", gettext_lazy("全部"))]
_SCOPES = {"mine": "mine", "unowned": "station", "station": "station", "all": "all"}


class FilterForm(forms.Form):
    """Lives in the address; what it does not know is left out, never an error."""

    q = forms.CharField(label=gettext_lazy("编号"), required=False, max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("业务"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("地区"), required=False)
    tag = forms.ChoiceField(
        label=gettext_lazy("标记"),
        required=False,
        choices=[*_ANY, ("wage", gettext_lazy("欠薪求助")), ("urgent", gettext_lazy("紧急"))],
    )
    pace = forms.ChoiceField(
        label=gettext_lazy("时限"),
        required=False,
        choices=[*_ANY, ("late", gettext_lazy("已超期")), ("soon", gettext_lazy("快到期"))],
    )
    whose = forms.CharField(required=False, widget=forms.HiddenInput)
    wait = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, here: Here) -> None:
        super().__init__(data, auto_id="filter_%s")
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": [(code, kind.label) for code, kind in KINDS.items()],
            "state": list(State.choices),
            "channel": list(Channel.choices),
            "region": regions_of(here),
        }
        for name, options in choices.items():
            self.fields[name].choices = [*_ANY, *options]  # type: ignore[attr-defined]

    def value(self, name: str) -> str:
        """The clean value, "" for one that is not offered."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


def regions_of(here: Here) -> list[tuple[str, str]]:
    """Counties for who sees a city, townships for who sees a county."""
    reach = scopes(here.user, Permission.CASE_SEE)
    whole = sorted(reach.everywhere_cities) or sorted(reach.counties) or [here.county]
    return [choice for code in whole for choice in choices_below(here.places, code)]


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    whose: str
    filters: Filters
    number: str = ""
    region: str = ""


def wanted(form: FilterForm, here: Here) -> Wanted:
    whose = form.value("whose")
    if whose not in _SCOPES:
        whose = "mine" if here.worker and can(here.user, Permission.CASE_WORK) else "all"
    state, wait = form.value("state"), form.value("wait")
    waiting = wait if wait in {"resident", "ended"} else "station"
    if state:
        waiting = "" if State(state) in OPEN else "ended"
    filters = Filters(
        scope=_SCOPES[whose],
        waiting=waiting,
        pace=form.value("pace"),
        kind=form.value("kind"),
        state=state,
        channel=form.value("channel"),
        unowned=whose == "unowned",
        wage=form.value("tag") == "wage",
        urgent=form.value("tag") == "urgent",
    )
    return Wanted(whose, filters, clean_number(form.value("q"))[:13], form.value("region"))


OPEN = frozenset({State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS, State.WAITING, State.ANSWERED})


def rows_wanted(asked: Wanted, here: Here) -> CaseQuerySet:
    """The matters in the order of work."""
    cases = work_list(here.user, asked.filters)
    if asked.number:
        cases = cases.filter(number__startswith=asked.number)
    if asked.region in here.places.regions:
        cases = cases.filter(region_id__in=here.places.subtree(asked.region))
    return cases


def warned_from(cases: Iterable[Case]) -> dict[tuple[int, datetime], datetime]:
    """From when the clock of each due time warns; one query for the rows of a page."""
    running = Clock.objects.filter(case__in=[case.pk for case in cases], done_at=None)
    return {(case, due): soon for case, due, soon in running.values_list("case_id", "due_at", "soon_at")}


def chips_of(form: FilterForm, data: QueryDict) -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    chips = []
    for name in ("q", "kind", "state", "channel", "region", "tag", "pace"):
        value = form.value(name)
        if value:
            label = dict(getattr(form.fields[name], "choices", ())).get(value, value)
            chips.append({"label": f"{form.fields[name].label}：{label}", "url": without(data, name)})
    return chips


def without(data: QueryDict, *names: str) -> str:
    rest = data.copy()
    for name in (*names, "page"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


# ── rows ──


def row_of(
    case: Case, here: Here, now: datetime, opened: str = "", soon: datetime | None = None
) -> dict[str, Any]:
    """Two lines: the resident's words and the clock; who, where, what, and the number."""
    return {
        "title": title_of(case),
        "url": reverse("desk:case", args=[case.number]),
        "number": case.number,
        "facts": facts_of(case, here),
        "tags": tags_of(case),
        "clock": clock_of(case, here.places, now, soon),
        "open": case.number == opened,
    }


def facts_of(case: Case, here: Here) -> list[str]:
    person = case.party or case.speaker
    owner = "" if here.worker and here.worker.pk == case.owner_id else str(case.owner or _("没人接办"))
    if case.owner and not case.owner.is_active:
        owner = _("%(name)s已离岗") % {"name": case.owner}
    facts = [
        mask_name(person.name) if person and person.name else "",
        near_name(case, here.places),
        kind_label(case),
        owner if case.is_open else str(case.get_state_display()),
    ]
    return [fact for fact in facts if fact]


def near_name(case: Case, places: Register) -> str:
    """The township (or the county): what tells places apart within a county."""
    if not case.region_id or case.region_id not in places.regions:
        return str(case.get_place_display())
    above = places.ancestors(case.region_id)
    return next((row.name for row in above if row.level == Level.TOWNSHIP), above[0].name)


def clock_of(case: Case, places: Register, now: datetime, soon: datetime | None) -> Chip | None:
    """The chip without its date: the group says the day."""
    if case.state == State.WAITING:
        return {"state": "paused", "word": _("等群众"), "date": "", "steps": []}
    if case.due_at is None:
        return None
    pace = urgency(now, soon or case.due_at, case.due_at)
    return {**chip_of(now, case.due_at, pace, places.workdays), "date": ""}


GROUPS = (
    ("late", gettext_lazy("已超期")),
    ("today", gettext_lazy("今天到期")),
    ("week", gettext_lazy("本周")),
    ("resident", gettext_lazy("等群众补充")),
    ("later", gettext_lazy("以后")),
    ("ended", gettext_lazy("已结束")),
)


def group_of(case: Case, now: datetime, today: date) -> str:
    if case.waiting_on == WaitingOn.NOBODY:
        return "ended"  # an ended matter that owes a return call still waits on us
    if case.state == State.WAITING:
        return "resident"
    if case.due_at is None:
        return "later"
    if case.due_at < now:
        return "late"
    day = timezone.localdate(case.due_at)
    if day <= today:
        return "today"
    return "week" if day <= today + timedelta(days=6 - today.weekday()) else "later"


def groups_of(cases: Iterable[Case], here: Here, opened: str = "") -> list[dict[str, Any]]:
    """The rows of one page under their headings, the most pressing first."""
    now, today, cases = timezone.now(), timezone.localdate(), list(cases)
    warned = warned_from(cases)
    rows: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        soon = warned.get((case.pk, case.due_at)) if case.due_at else None
        rows.setdefault(group_of(case, now, today), []).append(row_of(case, here, now, opened, soon))
    return [
        {"id": f"group-{code}", "title": title, "note": count_text(len(rows[code])), "rows": rows[code]}
        for code, title in GROUPS
        if code in rows
    ]


def count_text(count: int) -> str:
    return ngettext("%(count)d 件", "%(count)d 件", count) % {"count": count}
