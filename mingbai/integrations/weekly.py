"""The week in numbers, to the managers' groups: what came, what ended, what is open and late."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.when import short_day
from mingbai.notices.actions.groups import post
from mingbai.notices.enums import GroupKind
from mingbai.notices.models import Group
from mingbai.places.queries import regions_below, register

MONDAY, HOUR = 0, 8


def tell_groups(now: datetime) -> int:
    """Monday morning, once a week and group however often it runs."""
    local = timezone.localtime(now)
    if local.weekday() != MONDAY or local.hour != HOUR:
        return 0
    groups = Group.objects.filter(kind=GroupKind.MANAGEMENT, is_active=True).order_by("id")
    return sum(_tell(group, local) for group in groups)


def _tell(group: Group, local: datetime) -> bool:
    year, week, _day = local.isocalendar()
    until = local.replace(hour=0, minute=0, second=0, microsecond=0)
    since = until - timedelta(days=7)
    row = register().regions[group.region_id]
    last = timezone.localdate(until) - timedelta(days=1)
    return (
        post(
            by=SYSTEM,
            group=group,
            event=f"weekly:{year}-{week:02}",
            template="group_weekly",
            context={
                "region": row.name,
                "since": short_day(timezone.localdate(since), today=last),
                "until": short_day(last, today=last),
                **figures(group.region_id, since, until),
            },
            path="/board/",
        )
        is not None
    )


def figures(region: str, since: datetime, until: datetime) -> dict[str, int]:
    """Counted from the matters of the subtree's stations."""
    within = Case.objects.filter(station__region__in=regions_below(region))
    week = Q(opened_at__gte=since, opened_at__lt=until)
    return {
        "opened": within.filter(week).count(),
        "ended": within.filter(closed_at__gte=since, closed_at__lt=until).count(),
        "open": within.open().count(),
        "late": within.late(until).count(),
    }
