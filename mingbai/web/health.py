"""/healthz, /readyz and /metrics: answered before sessions, so that they hold when other things do not."""

import secrets
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound, JsonResponse

from mingbai.core.crypto import MissingKey
from mingbai.core.presence import announce
from mingbai.journal.queries import key_fits
from mingbai.web import logs, metrics


class HealthMiddleware:
    """Answers the three addresses itself; counts and names every other request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.answers = {"/healthz": healthz, "/readyz": readyz, "/metrics": show_metrics}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if answer := self.answers.get(request.path):
            return answer(request)
        request_id = logs.bind_request(request)
        with connection.execute_wrapper(metrics.note_slow):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        metrics.count(request, response)
        return response


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def refuse_foreign_data() -> None:
    """At start-up: data written with another master key is never served, nor data that is being restored."""
    announce(settings.MINGBAI_DATA)
    try:
        if not key_fits(settings.MINGBAI_KEY):
            raise MissingKey(
                "这些数据是用另一把主密钥写的，不能启动。 The data was written with another key."
            )
    finally:
        connection.close()


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when work may be sent here: the database answers, is migrated, and was written with our key."""
    found = {"database": "ok", "migrations": "ok", "key": "ok"}
    try:
        found |= _problems()
    except DatabaseError:
        found = {"database": "unreachable"}
    ready = set(found.values()) == {"ok"}
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def _problems() -> dict[str, str]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return {"migrations": "missing"}
    return {} if key_fits(settings.MINGBAI_KEY) else {"key": "other"}


def show_metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus on this machine, or with the token; everybody else finds nothing here."""
    if not _may_measure(request):
        return HttpResponseNotFound()
    return HttpResponse(metrics.page(), content_type=metrics.CONTENT_TYPE)


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    # Behind a proxy on this machine every visitor comes from the loopback address.
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and "X-Forwarded-For" not in request.headers


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
