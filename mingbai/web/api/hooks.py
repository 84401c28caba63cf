"""Signed webhooks of partners: the same words as through the API, under a signing key."""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from mingbai.core.refused import Refused
from mingbai.integrations.models import Endpoint
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


@of_partner
@csrf_exempt
@require_POST
def hook(request: HttpRequest, code: str) -> HttpResponse:
    """401 for what is not signed by this partner's key just now; a repetition is known by its seq."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return document(413, "too_large", _("内容太大，没有收下。"))
    body = request.read(MOST_BYTES + 1)
    endpoint = Endpoint.objects.filter(code=code, is_active=True, partner__is_active=True).first()
    try:
        verify(good_secrets(endpoint) if endpoint else {}, request.headers, body, time.time())
    except BadSignature:
        return document(401, "bad_signature", _("签名不对，或者已经过时。"))
    assert endpoint is not None
    return _heard(endpoint, body)


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
