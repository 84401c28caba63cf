"""The partner's key, and the size of what it may send."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from mingbai.people.actions.partners import count_call
from mingbai.people.enums import KeyScope
from mingbai.people.models import Partner
from mingbai.people.queries import key_for
from mingbai.web.api.problems import Problem


class PartnerKey(HttpBearer):
    """`Authorization: Bearer <key>` → the partner."""

    openapi_bearerFormat = "opaque"

    def authenticate(self, request: HttpRequest, token: str) -> Partner | None:
        key = key_for(token) if token.isascii() else None
        if key is None:
            return None
        refuse_large(request)
        if scope_of(request) not in key.scopes:
            raise Problem(403, "scope", _("这个密钥不能做这件事。"))
        if not count_call(by=key.partner.actor, key=key, now=timezone.now()):
            raise Problem(429, "too_many", _("这一分钟的次数用完了，请下一分钟再来。"))
        return key.partner


def scope_of(request: HttpRequest) -> str:
    """What a key needs for this request."""
    if request.path_info.startswith(("/api/v1/orders", "/api/v1/calls")):
        return KeyScope.ORDERS
    return KeyScope.CASES_READ if request.method in ("GET", "HEAD") else KeyScope.CASES_SEND


def refuse_large(request: HttpRequest) -> None:
    """Before the body is read: nothing of a body over the limit enters memory."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Problem(413, "too_large", _("内容超过 2 MB，没有收下。请缩短后再发。"))
