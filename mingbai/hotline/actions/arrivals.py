"""A call that another hotline puts through: announced a moment before, and about which of its orders."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.hotline.models import Call, ExpectedCall
from mingbai.hotline.queries.live import phone_hash, plain_phone
from mingbai.hotline.rules.targets import order_number
from mingbai.journal.actions import write
from mingbai.people.models import Partner

GOOD_FOR = timedelta(minutes=10)
"""So long after its announcement a call counts as the one that was meant."""


@transaction.atomic
def expect_call(
    *, by: Actor, partner: Partner, number: str, order: str, at: datetime | None = None
) -> ExpectedCall:
    """The caller with this number is put through now, about this order of theirs; the same again is the same.

    Raises Refused "bad_phone", "number_missing".
    """
    at, phone, order = at or timezone.now(), plain_phone(number), order_number(order)
    if not phone:
        raise Refused(_("请给出来电人的号码。"), code="bad_phone", field="phone")
    if not order:
        raise Refused(_("请给出您的工单编号。"), code="number_missing", field="partner_number")
    found, is_new = ExpectedCall.objects.update_or_create(
        partner=partner, phone_hash=phone_hash(phone), order_number=order, call=None, defaults={"at": at}
    )
    if is_new:
        write(chain=f"expected_call:{found.pk}", verb="call.expected", by=by, at=at, data={"order": order})
    return found


@transaction.atomic
def bring_order(*, by: Actor, key: str, order: str) -> Call | None:
    """Keep the other hotline's number with the call: that in its header, else that which was announced.

    None where neither is there.
    """
    call = Call.objects.select_for_update(of=("self",)).filter(channel=key).first()
    if call is None or call.order_number:
        return call
    call.order_number, found = order_of(by=by, call=call, header=order)
    if not call.order_number:
        return None
    call.save(update_fields=["order_number"])
    use_up(by=by, found=found, call=call)
    return call


def order_of(*, by: Actor, call: Call, header: str) -> tuple[str, ExpectedCall | None]:
    """The number in the header, else the announced one with its announcement; ("", None) without either."""
    if number := order_number(header):
        return number, None
    found = _announced(call)
    return (found.order_number, found) if found else ("", None)


def use_up(*, by: Actor, found: ExpectedCall | None, call: Call) -> None:
    """An announcement is good for one call."""
    if found:
        found.call = call
        found.save(update_fields=["call"])


def _announced(call: Call) -> ExpectedCall | None:
    """The latest one of this caller that is still good and was not used."""
    if not call.phone_hash:
        return None
    since = call.offered_at - GOOD_FOR
    rows = ExpectedCall.objects.filter(phone_hash=call.phone_hash, call=None, at__gte=since)
    # Nearly always there is none: the wide row is read, and locked, only where there is one.
    if not (found := list(rows.order_by().values_list("at", "pk"))):
        return None
    _at, latest = max(found)
    return ExpectedCall.objects.select_for_update(of=("self",)).filter(pk=latest, call=None).first()
