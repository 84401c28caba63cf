"""Signed webhooks of partners: the same words as through the API, under a signing key."""

import time
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, Field, ValidationError

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.integrations.callrecords.actions import land_records
from mingbai.integrations.models import Endpoint, RecordSource
from mingbai.integrations.partners.actions import Said, hear
from mingbai.integrations.partners.queries import good_secrets, order_of
from mingbai.integrations.partners.signing import BadSignature, verify
from mingbai.web.access import partner as of_partner
from mingbai.web.api.orders import EventIn, out
from mingbai.web.api.problems import CONFLICTS, document

MOST_BYTES = 64 * 1024


class HookIn(EventIn):
    """`number`: theirs or ours."""

    number: str


class CallsIn(BaseModel):
    """Records of another exchange under its own columns; the newest state of each call."""

    records: list[dict[str, str | int | float | None]] = Field(max_length=500)


class _NotSigned(Exception):
    """What is answered instead."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def _signed(request: HttpRequest, endpoint: Endpoint | None) -> bytes:
    """The body, signed by this endpoint's key just now. Raises _NotSigned with a 413 or 401."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise _NotSigned(document(413, "too_large", _("内容太大，没有收下。")))
    body = request.read(MOST_BYTES + 1)
    try:
        verify(good_secrets(endpoint) if endpoint else {}, request.headers, body, time.time())
    except BadSignature:
        raise _NotSigned(document(401, "bad_signature", _("签名不对，或者已经过时。"))) from None
    return body


@of_partner
@csrf_exempt
@require_POST
def hook(request: HttpRequest, code: str) -> HttpResponse:
    """401 for what is not signed by this partner's key just now; a repetition is known by its seq."""
    endpoint = Endpoint.objects.filter(code=code, is_active=True, partner__is_active=True).first()
    try:
        body = _signed(request, endpoint)
    except _NotSigned as no:
        return no.answer
    assert endpoint is not None
    return _heard(endpoint, body)


@of_partner
@csrf_exempt
@require_POST
def call_hook(request: HttpRequest, code: str) -> HttpResponse:
    """Call records of another exchange, as they happen or later; a repetition is known by its number."""
    endpoint = Endpoint.objects.live().filter(code=code).first()
    try:
        body = _signed(request, endpoint)
    except _NotSigned as no:
        return no.answer
    assert endpoint is not None
    source = RecordSource.objects.filter(endpoint=endpoint, is_active=True).first()
    if source is None:
        return document(404, "not_found", _("没有登记话单的列。"))
    try:
        told = CallsIn.model_validate_json(body)
    except ValidationError:
        return document(422, "invalid", _("有字段缺少或格式不对。"))
    rows = [{key: "" if value is None else str(value) for key, value in row.items()} for row in told.records]
    by = endpoint.partner.actor if endpoint.partner else Actor("partner", endpoint.code, endpoint.name)
    landed = land_records(by=by, source=source, rows=enumerate(rows), live=True)
    return JsonResponse(asdict(landed))


def _heard(endpoint: Endpoint, body: bytes) -> HttpResponse:
    partner: Any = endpoint.partner
    try:
        said = HookIn.model_validate_json(body)
    except ValidationError:
        return document(422, "invalid", _("有字段缺少或格式不对。"))
    order = order_of(partner, said.number)
    if order is None:
        return document(404, "not_found", _("没有这个工单。"))
    words = Said(said.seq, said.verb, said.text, said.on, said.happy)
    try:
        order = hear(by=partner.actor, order=order, said=words, their_number=said.their_number)
    except Refused as refused:
        return document(409 if refused.code in CONFLICTS else 422, refused.code, str(refused.reason))
    return JsonResponse(out(order))
