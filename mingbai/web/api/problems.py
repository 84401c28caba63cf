"""Errors of the API as problem documents (RFC 9457) with a stable `code`, in the caller's language."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from mingbai.core.refused import Refused
from mingbai.web.access import public

log = structlog.get_logger(__name__)

CONFLICTS = frozenset(
    "key_reused wrong_state handover_open has_owner not_told gap contradiction period_over".split()
)
"""Refusals that depend on the state of a matter (409); the others are about what was sent (422)."""
TYPE = "application/problem+json"


class Problem(Exception):
    """An error that is not a rule's: too large, not found."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


def titles() -> Mapping[int, str]:
    return {
        400: _("请求无法读取"),
        401: _("没有有效的密钥"),
        403: _("没有权限"),
        404: _("没有找到"),
        405: _("不支持这种请求方法"),
        409: _("与现有情况冲突"),
        413: _("内容太大"),
        422: _("内容有误"),
        429: _("请求太多"),
        500: _("系统出错"),
        503: _("暂时不能服务"),
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
    headers = {
        401: {"WWW-Authenticate": "Bearer"},
        429: {"Retry-After": "60"},
        503: {"Retry-After": "30"},
    }.get(status, {})
    return JsonResponse(
        body,
        status=status,
        content_type=TYPE,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


def register(api: NinjaAPI) -> None:
    """Every way in which the API can fail, once."""
    handlers: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
        (Refused, _refused),
        (Problem, lambda request, error: document(error.status, error.code, error.detail)),
        (ValidationError, _invalid),
        (AuthenticationError, _unauthorised),
        (Http404, _missing),
        (HttpError, _unreadable),
        (OperationalError, _busy),
        (Exception, _failed),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    more = {"field": error.field} if error.field else {}
    if error.code == "disk_full":
        return document(503, error.code, f"{error.reason}{error.do}")
    return document(409 if error.code in CONFLICTS else 422, error.code, str(error.reason), **more)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": _field(each), "message": _why(each)} for each in error.errors]
    return document(422, "invalid", _("有字段缺少或格式不对。"), errors=errors)


def _field(each: Mapping[str, Any]) -> str:
    """`text`, not `body.body.text`: the name under which the caller sent it."""
    names = [str(part) for part in each["loc"] if part not in ("body", "query", "path", "header")]
    return ".".join(names)


def _why(each: Mapping[str, Any]) -> str:
    """Our own words: those of the library are English only, and may repeat what was sent."""
    most, least = (each.get("ctx") or {}).get("max_length"), (each.get("ctx") or {}).get("min_length")
    words = {
        "missing": _("缺少这个字段。"),
        "string_too_long": _("太长，最多 %(most)s 个字符。") % {"most": most},
        "string_too_short": _("太短，至少 %(least)s 个字符。") % {"least": least},
        "string_pattern_mismatch": _("格式不对。"),
        "string_type": _("须为字符串。"),
        "bool_type": _("须为 true 或 false。"),
        "bool_parsing": _("须为 true 或 false。"),
    }
    if str(each.get("type", "")).startswith(("datetime", "timezone")):
        return _("须为 ISO 8601 时间，例如 2026-11-24T09:30:00+08:00。")
    return words.get(each.get("type", ""), _("格式不对。"))


def _unauthorised(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return document(401, "bad_key", _("请在 Authorization 头里带上有效的密钥。"))


def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return document(404, "not_found", _("没有这个办件，或者不是您提交的。"))


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return document(error.status_code, "unreadable", _("请求体不是有效的 JSON。"))


def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database does not answer, or not in time: nothing was written, the same call may come again."""
    log.error("api_busy", exc_info=error)
    return document(503, "busy", _("系统忙，没有保存。请用同一个提交编号再发一次。"))


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("api_failed", exc_info=error)
    return document(500, "failed", _("系统出错，没有保存。请用同一个提交编号再发一次。"))


def not_allowed(answer: HttpResponse) -> HttpResponse:
    """405 as a problem document, naming what is allowed."""
    allowed = answer.headers["Allow"]
    problem = document(405, "not_allowed", _("这个地址只接受 %(methods)s。") % {"methods": allowed})
    problem.headers["Allow"] = allowed
    return problem


@public
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """An address below /api/v1/ that does not exist."""
    return document(404, "no_such_address", _("没有这个地址。"))
