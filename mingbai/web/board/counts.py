"""The figures of the board and the rows behind each: one table, so that a figure is the count of its rows."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import WaitingOn
from mingbai.cases.models import Case, CaseQuerySet, Clock, Rating
from mingbai.cases.queries.lists import UNTAKEN, in_work, stuck
from mingbai.web.board.reach import BoardReach

_WORK = in_work()


@dataclass(frozen=True)
class Figure:
    """`rows` is the condition that a matter fulfils now; `unit` is said after the figure."""

    code: str
    label: str | Promise
    definition: str | Promise
    rows: Callable[[datetime], Q]


def _today(now: datetime) -> Q:
    """Since local midnight, found by the time alone: everybody's place would be the worse way in."""
    local = timezone.localtime(now)
    midnight = timezone.make_aware(datetime.combine(local.date(), time.min))
    return Q(pk__in=Case.objects.filter(opened_at__gte=midnight).order_by().values("pk"))


def _soon(now: datetime) -> Q:
    return _WORK & Q(due_at__gte=now, pk__in=Clock.objects.soon(now).values("case_id"))


def _rated_badly(now: datetime) -> Q:
    return Q(pk__in=Rating.objects.to_call_back().values("case_id"))


FIGURES: Mapping[str, Figure] = {
    figure.code: figure
    for figure in (
        Figure("today", _("今天收到"), _("今天零点以来收到的办件，所有渠道。"), _today),
        Figure(
            "open", _("在办"), _("还没有办完的事，包括等群众补充的、办结后欠群众回访的。"), lambda now: _WORK
        ),
        Figure(
            "late",
            _("已超期"),
            _("在办的办件里，最早的一个时限已经过了的。"),
            lambda now: _WORK & Q(due_at__lt=now),
        ),
        Figure(
            "untaken",
            _("没人接办"),
            _("等我们办理、还没有主办人的办件。"),
            lambda now: UNTAKEN & Q(waiting_on=WaitingOn.STATION),
        ),
        Figure(
            "risk",
            _("有风险待处置"),
            _("在办的办件里，文字提示暴力、轻生、未成年人受害等风险，还没有人报告或者排除的。"),
            lambda now: _WORK & Q(at_risk=True),
        ),
        Figure("soon", _("快到期"), _("时限已开始提醒、还没有超期的在办办件。"), _soon),
        Figure(
            "designate",
            _("待指定承办"),
            _("退回两次、无人接办或无人签收而过了时限，由监督人员指定承办的办件。"),
            lambda now: _WORK & stuck(),
        ),
        Figure(
            "badly",
            _("差评待回访"),
            _("不满意或非常不满意、还没有回访的评价；经申诉剔除的不算。"),
            _rated_badly,
        ),
    )
}


def with_names(cases: CaseQuerySet) -> CaseQuerySet:
    """With what a row names."""
    return cases.select_related("station", "owner", "speaker", "party")


def rows_of(reach: BoardReach, code: str, now: datetime, station: str = "") -> CaseQuerySet:
    """The matters behind a figure, the most pressing first, with what a row names."""
    cases = reach.cases.filter(FIGURES[code].rows(now))
    if station:
        cases = cases.filter(station_id=station)
    cases = with_names(cases)
    return cases.order_by("-opened_at", "-id") if code == "today" else cases.order_by("due_at", "id")


@dataclass(frozen=True)
class Glance:
    """What the first page says: the count of each figure, of how many the due date is estimated, and the ids
    of the first matters of each list."""

    counts: Mapping[str, int]
    estimated: int
    first: Mapping[str, frozenset[int]]


_OPEN = ("open", "late", "untaken", "designate", "risk")
"""Counted in one reading of what is in work."""
_ALONE = ("today", "soon", "badly")


def glance(reach: BoardReach, now: datetime, lists: Sequence[str], most: int) -> Glance:
    """Many readings, each through its own index, in one statement."""
    work = reach.cases.filter(_WORK)
    parts = {
        "work": _numbers("work", work, *(Count("pk", filter=FIGURES[code].rows(now)) for code in _OPEN)),
        "estimated": _numbers("estimated", _estimated(work), Count("case_id", distinct=True)),
        **{code: _numbers(code, reach.cases.filter(FIGURES[code].rows(now)), Count("pk")) for code in _ALONE},
        **{f"first-{code}": _first(code, rows_of(reach, code, now)[:most]) for code in lists},
    }
    found: dict[str, list[list[int]]] = defaultdict(list)
    head, *others = parts.values()
    for row in head.union(*others, all=True):
        found[row["part"]].append([row[f"n{at}"] for at in range(len(_OPEN))])
    counts = dict(zip(_OPEN, found["work"][0] if found["work"] else [0] * len(_OPEN), strict=True))
    single = {code: found[code][0][0] if found[code] else 0 for code in ("estimated", *_ALONE)}
    first = {code: frozenset(row[0] for row in found[f"first-{code}"]) for code in lists}
    return Glance({**counts, **single}, single["estimated"], first)


def _numbers(part: str, rows: QuerySet[Any], *columns: Any) -> QuerySet[Any, dict[str, Any]]:
    """One row: what is counted, filled up to the width of all."""
    filled = [*columns, *(Value(0) for _n in range(len(_OPEN) - len(columns)))]
    named = {f"n{at}": column for at, column in enumerate(filled)}
    return rows.order_by().values(part=Value(part)).annotate(**named)


def _first(code: str, rows: CaseQuerySet) -> QuerySet[Any, dict[str, Any]]:
    """The ids of a list's first rows. A part of a statement takes no order, a question in it does."""
    return _numbers(f"first-{code}", Case.objects.filter(pk__in=rows.values("pk")), F("pk")).distinct()


def _estimated(work: CaseQuerySet) -> QuerySet[Clock]:
    """Running clocks of matters in work that rest on a year whose notice has not come."""
    of_work = Exists(work.order_by().filter(pk=OuterRef("case")))
    return Clock.objects.filter(of_work, done_at=None, is_estimated=True)


@dataclass(frozen=True)
class Load:
    """One station of the board."""

    code: str
    name: str
    in_work: int
    late: int
    untaken: int
    oldest: datetime | None


def loads(reach: BoardReach, now: datetime, most: int) -> list[Load]:
    """The stations with something late or untaken, the most late first; since when, by the oldest of it."""
    late, free = Q(due_at__lt=now), FIGURES["untaken"].rows(now)
    rows = (
        reach.cases.filter(_WORK)
        .values("station_id")
        .annotate(
            in_work=Count("pk"),
            late=Count("pk", filter=late),
            untaken=Count("pk", filter=free),
            oldest=Min("opened_at", filter=late | free),
        )
        .filter(Q(late__gt=0) | Q(untaken__gt=0))
        .order_by("-late", "-untaken", "station_id")
    )
    return [_load(row, reach.places.stations[row["station_id"]].name) for row in rows[:most]]


def _load(row: Mapping[str, Any], name: str) -> Load:
    return Load(
        row["station_id"], name, **{key: row[key] for key in ("in_work", "late", "untaken", "oldest")}
    )
