"""Work orders through the API: given to us, what each side says about them, and where they stand."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from mingbai.integrations.models import Order
from mingbai.integrations.partners.actions import Said, hear, take_in
from mingbai.integrations.partners.queries import order_of, orders_since, shown
from mingbai.web.api import schemas as s
from mingbai.web.api.cases import PROBLEMS, READING, intake_of, partner_of

router = Router(tags=["orders"])
MOST = 100


class OrderIn(s.CaseIn):
    """A matter with the partner's own number, by which a repetition is known."""

    partner_number: str = Field(..., min_length=1, max_length=64, examples=["12345-20261130-000187"])


class OrderOut(Schema):
    """Both numbers, the state in our code and in the partner's (where entered), and the next numbers."""

    number: str = Field(..., examples=["2611234567894"])
    their_number: str = Field(..., examples=["12345-20261130-000187"])
    direction: str = Field(..., examples=["in"])
    state: str = Field(..., examples=["accepted"])
    state_code: str = Field(..., examples=["02"])
    state_name: str = Field(..., examples=["已受理"])
    answer: int = Field(..., description="the seq of the handler's last answer, 0 for none", examples=[0])
    last_seq: int = Field(..., description="the last message of yours that we have", examples=[1])
    our_seq: int = Field(..., description="the last message of ours", examples=[2])
    moved_at: str = Field(
        ...,
        description="to the microsecond: the `since` of the next page",
        examples=["2026-11-30T09:30:00+08:00"],
    )


class EventIn(Schema):
    """One message about an order. `seq` counts your messages about this order from 1, without gaps."""

    seq: int = Field(..., ge=1, le=1_000_000, examples=[1])
    verb: str = Field(..., max_length=16, examples=["answer"])
    text: str = Field("", max_length=5000, examples=["已告知当事人申请劳动仲裁。"])
    on: int = Field(0, ge=0, le=1_000_000, description="call_back: the answer that is judged", examples=[0])
    happy: bool = Field(False, description="call_back: whether the resident was content", examples=[False])
    their_number: str = Field("", max_length=64, description="your number, once you have one", examples=[""])


def out(order: Order) -> dict[str, Any]:
    return {
        **shown(order),
        "direction": order.direction,
        "answer": order.answer,
        "last_seq": order.last_in,
        "our_seq": order.last_out,
        "moved_at": timezone.localtime(order.moved_at).isoformat(),
    }


def own(request: HttpRequest, number: str) -> Order:
    found = order_of(partner_of(request), number)
    if found is None:
        raise Http404
    return found


@router.post("/orders", response={201: OrderOut, 200: OrderOut, **PROBLEMS})
def create(request: HttpRequest, body: OrderIn) -> Status:
    """Give us an order. Your number and the same body again give the same order (200)."""
    partner = partner_of(request)
    order, opened = take_in(by=partner.actor, partner=partner, intake=intake_of(partner, body, None))
    return Status(201 if opened.is_new else 200, out(order))


@router.get("/orders", response={200: list[OrderOut], **READING})
def listing(
    request: HttpRequest,
    since: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> list[dict[str, Any]]:
    """What moved after `since`, oldest first: to catch up after a silence."""
    if since and timezone.is_naive(since):
        since = timezone.make_aware(since)
    return [out(order) for order in orders_since(partner_of(request), since, limit)]


@router.get("/orders/{number}", response={200: OrderOut, **READING})
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    """By your number or ours."""
    return out(own(request, number))


@router.post("/orders/{number}/events", response={200: OrderOut, **PROBLEMS})
def event(request: HttpRequest, number: str, body: EventIn) -> dict[str, Any]:
    """Say something about an order. A repetition changes nothing; 409 "gap" asks for what is missing, 409
    "contradiction" means that the order stands elsewhere: read it."""
    said = Said(body.seq, body.verb, body.text, body.on, body.happy)
    partner = partner_of(request)
    order = hear(by=partner.actor, order=own(request, number), said=said, their_number=body.their_number)
    return out(order)
