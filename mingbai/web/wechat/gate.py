"""Where the platform knocks: verification, messages plain and encrypted, the answer at once."""

import time
from collections.abc import Mapping

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mingbai.core.actor import RESIDENT
from mingbai.integrations.wechat.actions import receive
from mingbai.integrations.wechat.crypto import Envelope, Forged, check, signature
from mingbai.integrations.wechat.xml import MOST_BYTES, BadXml, compose, parse
from mingbai.web.access import public

log = structlog.get_logger(__name__)
FRESH = 300
"""Seconds that a signed request is good for; the platform's retries follow within fifteen."""


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """403 for what is not from the platform or old, 413 and 400 for what is no message; else 200 at once."""
    if not settings.WECHAT_TOKEN:
        raise Http404
    try:
        _checked(request.GET)
        if request.method == "GET":
            return HttpResponse(request.GET.get("echostr", "")[:200], content_type="text/plain")
        return _answered(request)
    except Forged as forged:
        log.warning("wechat.forged", why=str(forged))
        return HttpResponse(status=403)
    except BadXml as bad:
        log.warning("wechat.bad_xml", why=str(bad))
        return HttpResponse(status=400)


def _checked(query: Mapping[str, str]) -> None:
    stamp = query.get("timestamp", "")
    check(query.get("signature", ""), settings.WECHAT_TOKEN, stamp, query.get("nonce", ""))
    if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp)) > FRESH:
        raise Forged("old")


def _answered(request: HttpRequest) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return HttpResponse(status=413)
    fields = parse(request.read(MOST_BYTES + 1))
    if settings.WECHAT_AES_KEY:
        fields = parse(_opened(request.GET, fields).encode())
    if not fields.get("FromUserName") or len(fields["FromUserName"]) > 64:
        raise BadXml("no sender")
    said = receive(by=RESIDENT, fields=fields)
    body = _said(fields, said) if said else "success"
    return HttpResponse(body, content_type="text/xml" if said else "text/plain")


def _opened(query: Mapping[str, str], fields: Mapping[str, str]) -> str:
    """An account with a key takes no message in the clear."""
    sealed = fields.get("Encrypt", "")
    token, stamp, nonce = settings.WECHAT_TOKEN, query.get("timestamp", ""), query.get("nonce", "")
    check(query.get("msg_signature", ""), token, stamp, nonce, sealed)
    return _envelope().open(sealed)


def _envelope() -> Envelope:
    return Envelope(settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY, settings.WECHAT_APP_ID)


def _said(fields: Mapping[str, str], text: str) -> str:
    now = int(time.time())
    plain = compose(
        {
            "ToUserName": fields["FromUserName"],
            "FromUserName": fields.get("ToUserName", ""),
            "CreateTime": now,
            "MsgType": "text",
            "Content": text,
        }
    )
    if not settings.WECHAT_AES_KEY:
        return plain
    sealed, nonce = _envelope().close(plain), str(now % 1_000_000_007)
    signed = signature(settings.WECHAT_TOKEN, str(now), nonce, sealed)
    return compose({"Encrypt": sealed, "MsgSignature": signed, "TimeStamp": now, "Nonce": nonce})
