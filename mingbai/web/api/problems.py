"""Errors of the API as problem documents (RFC 9457) with a stable `code`, in the caller's language."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from mingbai.core.refused import Refused

CONFLICTS = frozenset({"key_reused", "wrong_state", "handover_open", "has_owner", "not_told"})
"""Refusals that depend on the state of a matter (409); all others are about what was sent (422)."""


class Problem(Exception):
    """An error that is not a rule's: too large, not found."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def titles() -> Mapping[int, str]:
    return {
        400: _("请求无法读取"),
        401: _("没有有效的密钥"),
        404: _("没有找到"),
        405: _("不支持这种请求方法"),
        409: _("与现有情况冲突"),
        413: _("内容太大"),
        422: _("内容有误"),
    }


def document(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """One problem document; `errors` lists the fields where there are several."""
    body = {
        "type": f"/api/v1/docs#{code}",
        "title": titles().get(status, str(status)),
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


def register(api: NinjaAPI) -> None:
    """Every way in which the API can fail, once."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        status = 409 if error.code in CONFLICTS else 422
        more = {"field": error.field} if error.field else {}
        return document(status, error.code, str(error.reason), **more)

    @api.exception_handler(Problem)
    def problem(request: HttpRequest, error: Problem) -> HttpResponse:
        return document(error.status, error.code, error.detail)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(map(str, each["loc"][1:])), "message": each["msg"]} for each in error.errors
        ]
        return document(422, "invalid", _("有字段缺少或格式不对。"), errors=errors)

    @api.exception_handler(AuthenticationError)
    def unauthorised(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return document(401, "bad_key", _("请在 Authorization 头里带上有效的密钥。"))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return document(404, "not_found", _("没有这个办件，或者不是您提交的。"))

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        return document(error.status_code, "unreadable", _("请求体不是有效的 JSON。"))
