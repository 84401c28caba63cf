"""The working-day calendar: seeded from the notices that are known, corrected when a new one is loaded."""

from collections.abc import Callable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core import statutory
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.registry import Registry
from mingbai.core.workdays import Day
from mingbai.journal.actions import write
from mingbai.places.actions.revision import touch
from mingbai.places.models import CalendarDay, LineStandard, Revision
from mingbai.places.queries import workdays
from mingbai.places.rules.lines import SEED
from mingbai.places.rules.notice import check_notice, moved_days

CalendarHook = Callable[[int, frozenset[date], Actor], None]

CALENDAR_CHANGED: Registry[CalendarHook] = Registry("calendar_changed")
"""Called with (year, changed days, by) in the transaction of the change, after the register's new token.

A year whose estimate proves right has no changed day, but what was marked as estimated no longer is.
"""

FIRST_YEAR = 2018
YEARS_AHEAD = 3


def _rows(from_year: int, to_year: int) -> list[dict[str, object]]:
    """The seed of these years as values of CalendarDay; `migrate` writes the same."""
    return [
        {
            "date": d,
            "is_workday": day.workday,
            "name": day.name,
            "is_estimated": day.estimated,
            "source": source,
        }
        for d, day, source in statutory.seed_calendar(from_year, to_year)
    ]


@transaction.atomic
def seed_calendar(*, by: Actor, from_year: int = FIRST_YEAR, to_year: int | None = None) -> list[int]:
    """Add the years that the calendar does not have yet (by default up to three years ahead); return them.

    Years without a published notice are computed from the statutory holidays and marked as estimated.
    """
    to_year = to_year or timezone.localdate().year + YEARS_AHEAD
    known = set(CalendarDay.objects.order_by().values_list("date__year", flat=True).distinct())
    added = [year for year in range(from_year, to_year + 1) if year not in known]
    for year in added:
        rows = _rows(year, year)
        CalendarDay.objects.bulk_create(CalendarDay(**row) for row in rows)
        estimated = any(row["is_estimated"] for row in rows)
        write(
            chain=f"calendar:{year}",
            verb="calendar.seeded",
            by=by,
            data={"estimated": estimated, "days": len(rows)},
        )
    if added:
        touch(by=by)
    return added


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write what `migrate` writes where it is missing: the calendar, the lines' standards, the token."""
    added = bool(seed_calendar(by=by))
    if not LineStandard.objects.exists():
        rows = [LineStandard(tier=row.tier, line=row.line, source=row.source) for row in SEED]
        added = bool(LineStandard.objects.bulk_create(rows))
    if added or not Revision.objects.exists():
        touch(by=by)


@transaction.atomic
def load_notice(*, by: Actor, year: int, days: Mapping[date, Day], source: str) -> frozenset[date]:
    """Replace the year's days by those of the State Council's notice; return the days that changed sides.

    Days of the December before that the notice names are replaced, the others of that year stay.
    Raises Refused "bad_notice" for what cannot be a whole notice, "source_missing".
    """
    if not source.strip():
        raise Refused(_("请写明通知的文号或出处。"), code="source_missing", field="source")
    check_notice(year, days)
    before = workdays()
    replaced = CalendarDay.objects.select_for_update(of=("self",)).filter(
        Q(date__year=year) | Q(date__in=list(days))
    )
    touched = {row.date for row in replaced} | set(days)
    replaced.delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            date=d, is_workday=day.workday, name=day.name, is_estimated=False, source=source.strip()[:200]
        )
        for d, day in sorted(days.items())
    )
    changed = moved_days(before, workdays(), touched)
    _enter_notice(year, days, source, changed, by)
    touch(by=by)
    for correct in CALENDAR_CHANGED:
        correct(year, changed, by)
    return changed


def _enter_notice(
    year: int, days: Mapping[date, Day], source: str, changed: frozenset[date], by: Actor
) -> None:
    data = {
        "source": source.strip()[:200],
        "days": {str(d): [day.workday, day.name] for d, day in sorted(days.items())},
        "changed": sorted(str(d) for d in changed),
    }
    write(chain=f"calendar:{year}", verb="calendar.notice_loaded", by=by, data=data)
