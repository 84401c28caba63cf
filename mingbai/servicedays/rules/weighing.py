"""What a change of a plan costs or breaks, at once and in words: the planner's own score and rules."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from mingbai.core.when import day as day_words
from mingbai.servicedays.enums import Skill
from mingbai.servicedays.rules.building import Built
from mingbai.servicedays.solver.objective import Plan as Slots
from mingbai.servicedays.solver.objective import Score, score


@dataclass(frozen=True, slots=True)
class Held:
    """One service day of a plan as the board has it: who (code) works which skill."""

    spot: str
    on: date
    team: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Break:
    """A rule that is broken. `is_firm`: no decision can lift it (two places at once, not of that skill)."""

    code: str
    text: str
    spot: str
    on: date | None = None
    worker: str = ""
    is_firm: bool = False


@dataclass(frozen=True)
class Effect:
    """What became of the plan: the objective before and after, in words what that means, and what breaks.

    `new` are the breaks that were not there before.
    """

    before: Score
    after: Score
    words: tuple[str, ...]
    breaks: tuple[Break, ...]
    new: tuple[Break, ...] = field(default=())

    @property
    def cost(self) -> float:
        """How much worse by the planner's measure; below nought it is better."""
        return round(self.after.objective - self.before.objective, 2)


def slots_of(built: Built, days: Iterable[Held]) -> Slots:
    """The days in the planner's shape, without people and places that it does not know (see `breaks`)."""
    plan: Slots = {}
    for held in days:
        if held.spot in built.instance.place_index and held.on in built.month.dates:
            people = built.instance.person_index
            team = {people[code]: skill for code, skill in held.team.items() if code in people}
            plan[built.spot(held.spot), built.day(held.on)] = team
    return plan


def weigh(built: Built, before: Iterable[Held], after: Iterable[Held]) -> Effect:
    """Compare two states of a plan in the month as it is now."""
    old, new = list(before), list(after)
    first, second = score(built.instance, slots_of(built, old)), score(built.instance, slots_of(built, new))
    broken_before, broken = breaks(built, old), breaks(built, new)
    return Effect(
        first,
        second,
        tuple(_differences(first, second)),
        tuple(broken),
        tuple(one for one in broken if one not in broken_before),
    )


def _differences(before: Score, after: Score) -> Iterable[str]:
    """What a person would say of it; nothing where nothing changes."""
    for less, more, count in (
        (
            _("多办 %(n)d 件紧急需求"),
            _("少办 %(n)d 件紧急需求"),
            after.unserved_urgent - before.unserved_urgent,
        ),
        (
            _("多办 %(n)d 件一般需求"),
            _("少办 %(n)d 件一般需求"),
            after.unserved_other - before.unserved_other,
        ),
        (_("少办 %(n)d 场"), _("多办 %(n)d 场"), after.service_days - before.service_days),
        (_("少跑 %(n)d 公里"), _("多跑 %(n)d 公里"), round(after.km - before.km)),
    ):
        if count:
            yield (more if count > 0 else less) % {"n": abs(count)}
    if after.worst_share != before.worst_share:
        yield _("最缺的地方没办到的比例由 %(a)d%% 变为 %(b)d%%") % {
            "a": round(100 * before.worst_share),
            "b": round(100 * after.worst_share),
        }


def breaks(built: Built, days: Iterable[Held]) -> list[Break]:
    """Every rule that the days break: the planner's own (`solver.objective.faults`), and days held anyway."""
    rows = sorted(days, key=lambda held: (held.on, held.spot))
    found = [one for held in rows for one in _of_day(built, held)]
    return found + list(_of_people(built, rows)) + list(_of_places(built, rows))


def _of_day(built: Built, held: Held) -> Iterable[Break]:
    place, when = _name(built, held.spot), day_words(held.on)
    if held.spot not in built.instance.place_index or held.on not in built.month.dates:
        yield Break(
            "unknown", _("%(place)s不在这个计划的范围里") % {"place": place}, held.spot, held.on, "", True
        )
        return
    t, n = built.spot(held.spot), built.day(held.on)
    if not built.instance.is_open(t, n):
        text = _("%(place)s %(when)s 不能办：已登记不能办，离另一场太近，或来不及提前告知")
        yield Break("closed", text % {"place": place, "when": when}, held.spot, held.on)
    known = built.instance.person_index
    working = Counter(skill for code, skill in held.team.items() if code in known)
    for skill, least in built.instance.min_team.items():
        if working[skill] < least:
            text = _("%(place)s %(when)s 缺%(skill)s：至少 %(least)d 名，现有 %(now)d 名")
            words: dict[str, object] = {"skill": Skill(skill).label, "least": least, "now": working[skill]}
            yield Break("team", text % {"place": place, "when": when, **words}, held.spot, held.on)
    for code, skill in held.team.items():
        yield from _of_person(built, held, code, skill)


def _of_person(built: Built, held: Held, code: str, skill: str) -> Iterable[Break]:
    if code not in built.instance.person_index:
        text = _("%(who)s 已不能派出（离岗或不参加服务日）") % {"who": code}
        yield Break("gone", text, held.spot, held.on, code, True)
        return
    i, t = built.person(code), built.spot(held.spot)
    person = built.instance.people[i]
    words: dict[str, object] = {"who": _who(built, code), "when": day_words(held.on)}
    words["place"] = _name(built, held.spot)
    if skill not in person.skills:
        text = _("%(who)s 不是%(skill)s") % {**words, "skill": Skill(skill).label}
        yield Break("skill", text, held.spot, held.on, code, True)
    if built.day(held.on) not in built.instance.free_days[i]:
        text = _("%(who)s %(when)s 没空（请假、值班或已有别的服务日）") % words
        yield Break("away", text, held.spot, held.on, code)
    if not built.instance.may_go(i, t):
        text = _("%(who)s 到%(place)s单程 %(km)d 公里，超过 %(most)d 公里")
        words |= {"km": round(built.instance.km[i][t]), "most": round(built.instance.max_km)}
        yield Break("far", text % words, held.spot, held.on, code)


def _of_people(built: Built, rows: list[Held]) -> Iterable[Break]:
    """Nobody is at two places on a day, nor out more often than they can be asked."""
    places: dict[tuple[str, date], list[Held]] = {}
    for held in rows:
        for code in held.team:
            places.setdefault((code, held.on), []).append(held)
    for (code, on), there in places.items():
        if len(there) > 1:
            names = "、".join(_name(built, held.spot) for held in there)
            text = _("%(who)s %(when)s 同时在 %(names)s")
            words = {"who": _who(built, code), "when": day_words(on), "names": names}
            yield Break("twice", text % words, there[-1].spot, on, code, True)
    for code, days in Counter(code for held in rows for code in held.team).items():
        if code in built.instance.person_index:
            most = built.instance.people[built.person(code)].max_days
            if days > most:
                text = _("%(who)s 这个月派出 %(days)d 天，最多 %(most)d 天")
                said = {"who": _who(built, code), "days": days, "most": most}
                yield Break("often", text % said, "", None, code)


def _of_places(built: Built, rows: list[Held]) -> Iterable[Break]:
    dates: dict[str, list[date]] = {}
    for held in rows:
        if held.spot in built.instance.place_index and held.on in built.month.dates:
            dates.setdefault(held.spot, []).append(held.on)
    for spot, held_on in dates.items():
        most, gap = built.instance.max_days_per_place, built.instance.min_gap_days
        place: object = _name(built, spot)
        number = len(held_on) + built.month.spots[built.spot(spot)].held
        if number > most:
            text = _("%(place)s 这个月排了 %(days)d 场，最多 %(most)d 场")
            yield Break("many", text % {"place": place, "days": number, "most": most}, spot)
        for one, other in zip(held_on, held_on[1:], strict=False):
            if built.day(other) - built.day(one) < gap:
                text = _("%(place)s %(a)s 和 %(b)s 相隔不到 %(gap)d 个工作日")
                words = {"place": place, "a": day_words(one), "b": day_words(other), "gap": gap}
                yield Break("gap", text % words, spot, other)


def _who(built: Built, code: str) -> str:
    return next((row.name for row in built.month.people if row.code == code), code)


def _name(built: Built, spot: str) -> str:
    return next((row.name for row in built.month.spots if row.code == spot), spot)
