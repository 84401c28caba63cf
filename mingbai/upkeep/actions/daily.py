"""The doctor's one line a day to those who look after the house."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.notices.actions import notify
from mingbai.people.models import Grant
from mingbai.people.roles import RoleCode
from mingbai.upkeep.doctor import examine, one_line

_HOUR = 8


def tell_health(*, by: Actor, now: datetime) -> int:
    """From eight in the morning, once a day, to every system administrator with an address; how many."""
    local = timezone.localtime(now)
    if local.hour < _HOUR:
        return 0
    grants = Grant.objects.active(local.date()).filter(role=RoleCode.SYSTEM_ADMIN, user__is_active=True)
    users = {grant.user for grant in grants.exclude(user__email="").select_related("user")}
    if not users:
        return 0
    line = one_line(examine(now))
    told = [
        notify(
            by=by,
            event=f"doctor:{local:%Y%m%d}",
            to=f"user:{user.pk}",
            transport=settings.NOTICE_STAFF_TRANSPORT,
            template="doctor",
            address=user.email,
            context={"line": line},
        )
        for user in users
    ]
    return len([notice for notice in told if notice])
