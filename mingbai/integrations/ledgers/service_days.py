"""service_days.csv: the days that were held, each under its number."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import timezone

from mingbai.integrations.ledgers.cells import moment_of, needed, plainly, region_of
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.servicedays.actions.imported import change_day, land_day
from mingbai.servicedays.models import ServiceDay
from mingbai.servicedays.queries.figures import held_in

COLUMNS = ("编号", "日期", "区划代码")
NAME = "service_days"
_OWN = "S"
"""Before the number of a day of our own plans, which has none of a ledger."""


def land(row: Row, became: str) -> str:
    """Keep the day, or correct it where the ledger changed. Raises Refused."""
    on, region = _day(row["日期"]), region_of(row["区划代码"])
    if became:
        day = ServiceDay.objects.get(pk=became.removeprefix("day:"))
        change_day(by=LEDGER, day=day, on=on, region=region)
    else:
        day = land_day(by=LEDGER, number=row["编号"], on=on, region=region, source=NAME)
    return f"day:{day.pk}"


def _day(text: str) -> date:
    return timezone.localdate(needed(moment_of(text, "日期"), "日期"))


def number_of(day: ServiceDay) -> str:
    return day.number or f"{_OWN}{day.pk}"


def day_of(number: str) -> ServiceDay | None:
    """The day of a ledger's number, or one of our own that was exported."""
    if found := ServiceDay.objects.filter(number=number).first():
        return found
    own = number.removeprefix(_OWN)
    if own == number or not own.isdecimal() or len(own) > 12:
        return None
    return ServiceDay.objects.filter(pk=int(own), number="").first()


def export(period: Period) -> Iterable[Sequence[str]]:
    """The days held in the period."""
    for day in held_in(period.first, period.last, period.region).iterator(chunk_size=500):
        yield _written(day)


def _written(day: ServiceDay) -> Sequence[str]:
    return (number_of(day), day.on.isoformat(), day.region_id)


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    day = day_of(row["编号"])
    return (f"day:{day.pk}", _written(day)) if day else None


def normal(row: Row) -> Row:
    """The date without a time of day."""
    return {**row, "日期": plainly(lambda text: _day(text).isoformat(), row["日期"])}


LEDGERS.register(
    NAME, Ledger(NAME, COLUMNS, land, identity="编号", export=export, normal=normal, found=found)
)
