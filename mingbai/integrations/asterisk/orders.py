"""Calls between hotlines: which matter one continues that 12345 put through, and what goes along back.

In SIP the numbers stand in two headers of ours, which a carrier hands on as they are: `X-Order-Number` is
theirs, `X-Case-Number` ours.
"""

from django.db import transaction

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.hotline.actions.ends import link_case
from mingbai.hotline.models import Call
from mingbai.integrations.models import Order

ORDER_HEADER, CASE_HEADER = "X-Order-Number", "X-Case-Number"


def matter_of(order_number: str) -> Case | None:
    """The matter of another hotline's number, or of ours where they gave it back; None for one that is not
    known, or known to two of them."""
    if not order_number:
        return None
    found = list(Order.objects.filter(their_number=order_number).select_related("case")[:2])
    if len(found) == 1:
        return found[0].case
    return Case.objects.filter(number=order_number).first() if not found else None


@transaction.atomic
def continue_matter(key: str) -> None:
    """The call was answered: it continues the matter of its order, where we have that."""
    call = Call.objects.filter(channel=key, case=None).exclude(order_number="").first()
    case = matter_of(call.order_number) if call else None
    if call is None or case is None:
        return
    try:
        link_case(by=SYSTEM, call=call, case=case)
    except Refused:
        return  # the agent has written down another one meanwhile


def headers_of(call: Call) -> dict[str, str]:
    """What goes along with a call that goes to another hotline: their number and ours, where there are."""
    theirs = call.order_number
    if not theirs and call.case_id:
        theirs = Order.objects.filter(case=call.case_id).values_list("their_number", flat=True).first() or ""
    found = {CASE_HEADER: call.case.number if call.case else "", ORDER_HEADER: theirs}
    return {name: value for name, value in found.items() if value}
