"""What residents and staff are told of a matter: which template, by which transport, to whom."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel, Tell
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, Clock, Resident
from mingbai.core.actor import Actor
from mingbai.core.checks import is_mobile
from mingbai.core.numbers import group_number
from mingbai.core.when import moment
from mingbai.notices.actions import notify
from mingbai.people.models import Grant
from mingbai.people.roles import RoleCode
from mingbai.places.queries import register

_GIVEN_BY_HAND = frozenset({Channel.WINDOW, Channel.PARTNER, Channel.KIOSK})
"""Channels whose number is handed over on paper, or by the other system."""

_BY_MESSAGE = frozenset({Tell.SMS, Tell.PHONE, Tell.FOLLOW})
"""Who wants a letter, a visit or a word through the village gets no message on a phone others may read."""


def notify_received(*, case: Case, phone: str, by: Actor) -> None:
    """Send the number to a mobile phone, unless it is handed over otherwise."""
    if is_mobile(phone) and case.channel not in _GIVEN_BY_HAND and not case.imported_from:
        _send(case, by, "received", "case_received", case.speaker_id, phone, {})


def notify_resident(*, case: Case, event: str, template: str, by: Actor, **context: Any) -> None:
    """Tell the one who may be told, where there is a mobile phone of their own and they want it so."""
    resident = _listener(case) if case.tell_by in _BY_MESSAGE else None
    if resident is None:
        return
    phone = resident.phone
    if is_mobile(phone) and resident.phone_of == "own":
        _send(case, by, event, template, resident.pk, phone, context)


def notify_late(*, case: Case, clock: Clock, rule: str, by: Actor) -> None:
    """A clock has run out."""
    notify_supervisors(
        case=case,
        event=f"late:{clock.pk}:{clock.due_at:%Y%m%d}",
        template="clock_late",
        by=by,
        rule=rule,
        due=moment(clock.due_at),
    )


def notify_supervisors(*, case: Case, event: str, template: str, by: Actor, **context: Any) -> None:
    """Tell those who supervise the owning station and have an address; once for each event."""
    above = [row.code for row in register().ancestors(case.station.region_id)]
    grants = Grant.objects.active(timezone.localdate()).filter(
        role=RoleCode.SUPERVISOR, region_id__in=above, station=None, user__is_active=True
    )
    for user in {grant.user for grant in grants.exclude(user__email="").select_related("user")}:
        notify(
            by=by,
            event=f"case:{case.number}:{event}",
            to=f"user:{user.pk}",
            transport=settings.NOTICE_STAFF_TRANSPORT,
            template=template,
            about=case.chain,
            address=user.email,
            context={
                "number": group_number(case.number),
                "station": case.station.name,
                **context,
            },
        )


def _listener(case: Case) -> Resident | None:
    return case.party if case.may_be_told == "party" else case.speaker


def _send(
    case: Case,
    by: Actor,
    event: str,
    template: str,
    resident: int | None,
    phone: str,
    context: dict[str, Any],
) -> None:
    """A confidential matter names no kind: others may see the screen of the phone."""
    kind = _("办件") if case.is_confidential else str(KINDS.get(case.kind).label)
    notify(
        by=by,
        event=f"case:{case.number}:{event}",
        to=f"resident:{resident}",
        transport=settings.NOTICE_RESIDENT_TRANSPORT,
        template=template,
        about=case.chain,
        address=phone,
        context={
            "number": group_number(case.number),
            "kind": kind,
            "hotline": settings.CITY_HOTLINE,
            **context,
        },
    )
