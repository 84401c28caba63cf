"""The week in figures: what stands in it, beside the week before; sent to supervisors on Monday mornings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.when import short_day
from mingbai.figures.letter import said
from mingbai.figures.queries import Counter, find
from mingbai.figures.registry import RATIOS
from mingbai.figures.rules import Period, growth
from mingbai.notices.actions.outbox import notify
from mingbai.people.models import Grant
from mingbai.people.roles import RoleCode
from mingbai.places.queries import register

KEYS = (
    "contacts", "calls_offered", "calls_answered", "answer_rate", "work_orders", "taken_up_rate", "visits",
    "day_consultations", "matters_ended", "in_time", "ratings", "content_rate", "supervisions",
)  # fmt: skip
MONDAY, HOUR = 0, 8


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the week. `change`: per cent more than the week before, of a rate the points."""

    code: str
    name: str
    now: int | Decimal | None
    before: int | Decimal | None
    change: Decimal | None


def week_before(day: date, region: str) -> Period:
    """The last whole week, Monday to Sunday, that ended before a day."""
    monday = day - timedelta(days=day.weekday() + 7)
    return Period(monday, monday + timedelta(days=6), region)


def week_of(day: date, region: str) -> Period:
    """The week in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6), region)


def lines_of(week: Period) -> list[Line]:
    """Two statements, whatever the size of the city."""
    keys = [key for key in KEYS if find(key) is not None]
    earlier = Period(week.first - timedelta(days=7), week.last - timedelta(days=7), week.region)
    now, before = Counter(week).prepare(keys), Counter(earlier).prepare(keys)
    return [_line(key, now.value(key).value, before.value(key).value) for key in keys]


def _line(key: str, now: int | Decimal | None, before: int | Decimal | None) -> Line:
    item = find(key)
    is_rate = key in RATIOS
    points = Decimal(now) - Decimal(before) if is_rate and now is not None and before is not None else None
    return Line(key, str(item.name if item else key), now, before, points if is_rate else growth(now, before))


def send_week(now: datetime) -> int:
    """Monday morning, to every supervisor with an address, once a week however often it runs."""
    local = timezone.localtime(now)
    if local.weekday() != MONDAY or local.hour < HOUR:
        return 0
    grants = Grant.objects.active(local.date()).filter(role=RoleCode.SUPERVISOR, station=None)
    there = grants.filter(user__is_active=True, region__isnull=False).exclude(user__email="")
    return sum(_send(grant, local.date()) for grant in there.select_related("user").order_by("id"))


def _send(grant: Grant, today: date) -> bool:
    week = week_before(today, str(grant.region_id))
    year, number, _day = week.first.isocalendar()
    told = [
        f"{line.name} {said(line.now, line.code)}"
        for line in lines_of(week)
        if line.code in ("contacts", "calls_answered", "answer_rate", "matters_ended", "in_time")
    ]
    with transaction.atomic():
        made = notify(
            by=SYSTEM,
            event=f"figures:week:{year}-{number:02}:{week.region}",
            to=f"user:{grant.user_id}",
            transport=settings.NOTICE_STAFF_TRANSPORT,
            template="figures_week",
            address=grant.user.email,
            context={
                "region": register().regions[week.region].name,
                "since": short_day(week.first, today=today),
                "until": short_day(week.last, today=today),
                "told": "，".join(told),
                "link": f"{settings.PUBLIC_URL}/board/weekly/?day={week.first}&region={week.region}",
            },
        )
    return made is not None
