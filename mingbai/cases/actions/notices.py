"""What residents and staff are told of a matter: which template, by which transport, to whom."""

from typing import Any

from django.conf import settings

from mingbai.cases.enums import Channel
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, Resident
from mingbai.core.actor import Actor
from mingbai.core.numbers import group_number
from mingbai.notices.actions import notify

_GIVEN_BY_HAND = frozenset({Channel.WINDOW, Channel.PARTNER, Channel.KIOSK})
"""Channels whose number is handed over on paper, or by the other system."""


def notify_received(*, case: Case, phone: str, by: Actor) -> None:
    """Send the number to a mobile phone, unless it is handed over otherwise."""
    if phone.startswith("1") and len(phone) == 11 and case.channel not in _GIVEN_BY_HAND:
        _send(case=case, by=by, event="received", phone=phone, template="case_received")


def notify_resident(*, case: Case, event: str, template: str, by: Actor, **context: Any) -> None:
    """Tell the one who may be told, where there is a mobile phone of their own."""
    resident = _listener(case)
    if resident and len(resident.phone) == 11 and resident.phone_of == "own":
        _send(case=case, by=by, event=event, phone=resident.phone, template=template, **context)


def _listener(case: Case) -> Resident | None:
    return case.party if case.may_be_told == "party" else case.speaker


def _send(*, case: Case, by: Actor, event: str, phone: str, template: str, **context: Any) -> None:
    notify(
        by=by,
        event=f"case:{case.number}:{event}",
        to=f"resident:{case.speaker_id}",
        transport=settings.NOTICE_RESIDENT_TRANSPORT,
        template=template,
        address=phone,
        context={
            "number": group_number(case.number),
            "kind": str(KINDS.get(case.kind).label),
            "hotline": settings.CITY_HOTLINE,
            **context,
        },
    )
