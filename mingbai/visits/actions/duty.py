"""Who received at a window was on duty there: from the first called to the last ended, day by day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Work
from mingbai.visits.models import Visit

_BACK = timedelta(days=3)
"""A worker that stood still over a weekend catches up."""


def pay_windows(*, by: Actor, now: datetime) -> int:
    """The days that are over and not counted yet; returns how many days of duty they are.

    A day is counted once, from rows that do not change any more.
    """
    today = timezone.localdate(now)
    return sum(_pay_day(by, today - timedelta(days=n), now) for n in range(1, _BACK.days + 1))


def _pay_day(by: Actor, on: date, now: datetime) -> int:
    # What was left open and closed at night says nothing of who was there.
    midnight = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    served = Visit.objects.filter(on=on, worker__isnull=False, called_at__isnull=False, ended_at__lt=midnight)
    by_worker = served.order_by("worker", "station").values("worker", "station")
    rows = list(by_worker.annotate(first=Min("called_at"), last=Max("ended_at")))
    people = Worker.objects.in_bulk({row["worker"] for row in rows})
    places = dict(Station.objects.filter(pk__in={row["station"] for row in rows}).values_list("pk", "region"))
    return sum(_pay(by, people[row["worker"]], places[row["station"]], on, row, now) for row in rows)


def _pay(by: Actor, worker: Worker, place: str, on: date, span: Mapping[str, Any], now: datetime) -> bool:
    piece = subsidies.on_duty(
        by=by,
        worker=worker,
        work=Work.WINDOW_DUTY,
        region=register().county_of(place) or place,
        on=on,
        minutes=int((span["last"] - span["first"]).total_seconds()) // 60,
        at=now,
    )
    return piece is not None
