"""What an office may set as an opening or a break: the checks, in the words of who sets it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from django.utils.translation import gettext as _

from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.places.enums import Line
from mingbai.visits.enums import OnDayOff, Repeat, VisitKind

LONGEST_AHEAD = 180


@dataclass(frozen=True, slots=True)
class Terms:
    """An opening as it is set. `last_on` None: until it is ended."""

    kind: str
    receives: str
    first_on: date
    starts: time
    ends: time
    last_on: date | None = None
    lines: tuple[str, ...] = ()
    room: str = ""
    repeat: str = Repeat.WEEKLY
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    every: int = 1
    on_day_off: str = OnDayOff.SKIP
    minutes: int = 30
    capacity: int = 1
    ahead_days: int = 30
    is_public: bool = True
    worker: int | None = None


def checked(terms: Terms, *, offered: Collection[str]) -> Terms:
    """The terms with clean values. Raises Refused "bad_choice", "bad_hours", "bad_period", "no_days",
    "bad_count", "line_not_here", "empty_text"."""
    _choices(terms)
    _numbers(terms)
    _period(terms)
    return replace(
        terms,
        receives=clean_text(terms.receives, most=64, field="receives"),
        room=clean_text(terms.room, most=100, field="room") if terms.room.strip() else "",
        lines=_lines(terms.lines, offered),
        weekdays=_days(terms, Repeat.WEEKLY, terms.weekdays, range(7), "weekdays"),
        month_days=_days(terms, Repeat.MONTHLY, terms.month_days, range(1, 32), "month_days"),
    )


def _choices(terms: Terms) -> None:
    kinds = {VisitKind.BOOKING, VisitKind.RECEPTION, VisitKind.HOME}
    for name, value, allowed in (
        ("kind", terms.kind, kinds),
        ("repeat", terms.repeat, set(Repeat)),
        ("on_day_off", terms.on_day_off, set(OnDayOff)),
    ):
        if value not in allowed:
            raise Refused(_("没有这一项，请重新选择。"), code="bad_choice", field=name)


def _numbers(terms: Terms) -> None:
    for name, value, least, most in (
        ("minutes", terms.minutes, 5, 480),
        ("capacity", terms.capacity, 1, 50),
        ("every", terms.every, 1, 8),
        ("ahead_days", terms.ahead_days, 0, LONGEST_AHEAD),
    ):
        if not least <= value <= most:
            raise Refused(
                _("请填 %(least)d 到 %(most)d。") % {"least": least, "most": most},
                code="bad_count",
                field=name,
            )


def _period(terms: Terms) -> None:
    if terms.last_on is not None and terms.last_on < terms.first_on:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_period", field="last_on")
    length = (terms.ends.hour - terms.starts.hour) * 60 + terms.ends.minute - terms.starts.minute
    if length < terms.minutes:
        raise Refused(_("从开始到结束，还不够接待一个人。"), code="bad_hours", field="ends")


def _lines(lines: Iterable[str], offered: Collection[str]) -> tuple[str, ...]:
    kept = tuple(line for line in Line.values if line in set(lines))
    if len(kept) != len(set(lines)) or any(offered and line not in offered for line in kept):
        raise Refused(_("这个站点不办所选的业务。"), code="line_not_here", field="lines")
    return kept


def _days(
    terms: Terms, repeat: str, days: Iterable[int], allowed: Collection[int], field: str
) -> tuple[int, ...]:
    if terms.repeat != repeat:
        return ()
    kept = tuple(sorted(set(days)))
    if not kept or any(day not in allowed for day in kept):
        raise Refused(_("请选择哪几天接待。"), code="no_days", field=field)
    return kept


def check_break(first_on: date, last_on: date, starts: time | None, ends: time | None) -> None:
    """Raises Refused "bad_period", "bad_hours"."""
    if last_on < first_on:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_period", field="last_on")
    if (starts is None) != (ends is None) or (starts is not None and ends is not None and ends <= starts):
        raise Refused(_("几点到几点要一起填，结束晚于开始。"), code="bad_hours", field="ends")
