"""Why a day is proposed there: who waits, since when, who comes from how far, what will be done."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from mingbai.servicedays.enums import Skill
from mingbai.servicedays.rules.building import Built
from mingbai.servicedays.solver.objective import Plan as Slots


def why(
    built: Built, plan: Slots, oldest: Mapping[str, date], today: date
) -> dict[tuple[int, int], list[str]]:
    """Sentences for each day of a plan. `oldest`: spot → since when somebody waits there."""
    ordered = sorted(plan, key=lambda slot: slot[1])
    times: Counter[int] = Counter()
    found = {}
    for slot in ordered:
        times[slot[0]] += 1
        found[slot] = [
            line for line in (_waiting(built, slot[0], oldest, today), _served(built, plan, slot),
                              _coming(built, plan, slot), _again(times[slot[0]])) if line
        ]  # fmt: skip
    return found


def _waiting(built: Built, t: int, oldest: Mapping[str, date], today: date) -> str:
    needs = built.instance.needs_of[t]
    if not needs:
        return _("这里现在没有登记需求。")
    count, urgent = sum(need.count for need in needs.values()), sum(need.urgent for need in needs.values())
    text = _("%(count)d 人在等") % {"count": count}
    if urgent:
        text += _("，其中 %(urgent)d 人紧急") % {"urgent": urgent}
    since = oldest.get(built.instance.places[t].code)
    if since is not None and since < today:
        text += _("，最久的已等 %(days)d 天") % {"days": (today - since).days}
    return text + _("。")


def _served(built: Built, plan: Slots, slot: tuple[int, int]) -> str:
    """How many of each skill the team can see, of those who wait."""
    t = slot[0]
    hands: Counter[str] = Counter()
    for i, skill in plan[slot].items():
        hands[skill] += built.instance.people[i].capacity
    parts = [
        _("%(skill)s可接待 %(hands)d 人（%(need)d 人在等）")
        % {"skill": Skill(skill).label, "hands": hands[skill], "need": need.count}
        for skill, need in built.instance.needs_of[t].items()
        if hands[skill]
    ]
    missing = [str(Skill(s).label) for s in built.instance.needs_of[t] if not hands[s]]
    text = "；".join(parts)
    if missing:
        text += ("；" if text else "") + _("这一次没有%(skills)s能去") % {"skills": "、".join(missing)}
    return text + _("。") if text else ""


def _coming(built: Built, plan: Slots, slot: tuple[int, int]) -> str:
    t = slot[0]
    names = {row.code: row.name for row in built.month.people}
    parts = [
        _("%(who)s（%(km)d 公里）")
        % {"who": names[built.instance.people[i].id], "km": round(built.instance.km[i][t])}
        for i, _skill in sorted(plan[slot].items(), key=lambda one: (built.instance.km[one[0]][t], one[0]))
    ]
    return _("派出：%(people)s。") % {"people": "、".join(parts)} if parts else ""


def _again(times: int) -> str:
    return _("这是本月在这里的第 %(n)d 场。") % {"n": times} if times > 1 else ""
