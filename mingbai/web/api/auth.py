"""The partner's key, and the size of what it may send."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from mingbai.people.models import Partner
from mingbai.people.queries import partner_for_key
from mingbai.web.api.problems import Problem


class PartnerKey(HttpBearer):
    """`Authorization: Bearer <key>` → the partner."""

    openapi_bearerFormat = "opaque"

    def authenticate(self, request: HttpRequest, token: str) -> Partner | None:
        partner = partner_for_key(token) if token.isascii() else None
        if partner:
            refuse_large(request)
        return partner


def refuse_large(request: HttpRequest) -> None:
    """Before the body is read: nothing of a body over the limit enters memory."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Problem(413, "too_large", _("内容超过 2 MB，没有收下。请缩短后再发。"))
