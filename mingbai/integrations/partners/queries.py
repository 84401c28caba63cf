"""Orders by either number, what waits on whom, and the keys that are good."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from mingbai.core.numbers import clean_number
from mingbai.integrations.models import Endpoint, Order, StateName
from mingbai.integrations.partners.enums import OrderState
from mingbai.people.models import Partner


def order_of(partner: Partner, number: str) -> Order | None:
    """By their number or by ours; only the partner's own."""
    found = Order.objects.filter(partner=partner).select_related("case__station", "partner")
    meant = found.filter(their_number=number).first() if number else None
    return meant or found.filter(case__number=clean_number(number)[:13]).first()


def orders_since(partner: Partner, since: datetime | None, most: int) -> list[Order]:
    """What moved after a moment, oldest first: a partner that was silent catches up page by page."""
    found = Order.objects.filter(partner=partner).select_related("case__station", "partner")
    if since:
        found = found.filter(moved_at__gt=since)
    return list(found.order_by("moved_at", "id")[:most])


def waiting(now: datetime) -> QuerySet[Partner]:
    """Every partner with orders: how many wait on us, on them, and were not taken up in time."""
    late = Q(orders__state=OrderState.OFFERED, orders__accept_by__lt=now)
    return (
        Partner.objects.filter(orders__isnull=False)
        .annotate(
            on_us=Count("orders", filter=Q(orders__waits_on="us")),
            on_them=Count("orders", filter=Q(orders__waits_on="them")),
            late=Count("orders", filter=late),
            total=Count("orders"),
        )
        .order_by("code")
    )


def good_secrets(endpoint: Endpoint) -> dict[str, str]:
    """By name, the newest last."""
    return {key.name: key.secret for key in endpoint.keys.filter(retired_at=None).order_by("made_at", "id")}


def shown(order: Order) -> dict[str, Any]:
    """Both numbers and the state in both languages."""
    named = StateName.objects.filter(partner=order.partner_id, state=order.state).first()
    return {
        "number": order.case.number,
        "their_number": order.their_number,
        "state": order.state,
        "state_code": named.code if named else "",
        "state_name": named.name if named else "",
    }
