"""What a visitor is told: that it is booked, the day before, and that their time is gone with other times."""

from datetime import datetime
from typing import Any

from django.conf import settings

from mingbai.core.actor import Actor
from mingbai.core.checks import is_mobile
from mingbai.core.numbers import group_number
from mingbai.core.when import moment
from mingbai.notices.actions import notify
from mingbai.visits.models import Visit
from mingbai.visits.rules.slots import Slot


def tell(visit: Visit, template: str, by: Actor, *, once: str = "", **more: Any) -> bool:
    """Queue one notice; `once` tells apart repeated ones of a kind. False where nobody can be reached so."""
    if not is_mobile(visit.phone) or visit.starts_at is None:
        return False
    made = notify(
        by=by,
        event=f"{visit.chain}:{template}:{once or visit.starts_at.isoformat()}",
        to=visit.chain,
        transport=settings.NOTICE_RESIDENT_TRANSPORT,
        template=template,
        about=visit.chain,
        address=visit.phone,
        context={**_context(visit), **more},
    )
    return made is not None


def _context(visit: Visit) -> dict[str, Any]:
    opening = visit.opening
    assert visit.starts_at is not None
    return {
        "when": moment(visit.starts_at),
        "place": visit.station.name,
        "room": opening.room if opening else "",
        "code": group_number(visit.code),
        "is_home": visit.kind == "home",
        "hotline": settings.CITY_HOTLINE,
    }


def tell_displaced(visit: Visit, by: Actor, at: datetime, reason: str, others: list[Slot]) -> bool:
    times = "、".join(moment(slot.starts_at) for slot in others)
    return tell(visit, "visit_displaced", by, once=at.isoformat(), reason=reason, times=times)
