"""Calls through the API: another hotline says a moment before whom it puts through, and about which order."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from mingbai.hotline.actions.arrivals import GOOD_FOR, expect_call
from mingbai.web.api.cases import PROBLEMS, partner_of

router = Router(tags=["calls"])


class ExpectedIn(Schema):
    """`phone` is the caller's, as the call will show it; `order` your number of the matter (or ours)."""

    phone: str = Field(..., min_length=1, max_length=40, examples=["13812345678"])
    order: str = Field(
        ..., min_length=1, max_length=64, pattern=r"^\s*[0-9A-Za-z][0-9A-Za-z._:/-]*\s*$",
        examples=["12345-20261130-000187"],
    )  # fmt: skip


class ExpectedOut(Schema):
    """Until when the next call of this caller counts as this one."""

    order: str = Field(..., examples=["12345-20261130-000187"])
    good_until: str = Field(..., examples=["2026-11-30T09:40:00+08:00"])


@router.post("/calls/expected", response={200: ExpectedOut, **PROBLEMS})
def expected(request: HttpRequest, body: ExpectedIn) -> Status:
    """Announce a call that you put through now, where your line cannot carry the order's number in SIP
    (`X-Order-Number`). Saying it again only renews it."""
    partner = partner_of(request)
    found = expect_call(by=partner.actor, partner=partner, number=body.phone, order=body.order)
    until = timezone.localtime(found.at + GOOD_FOR).isoformat()
    return Status(200, {"order": found.order_number, "good_until": until})
