"""The API object: routers, problems, the OpenAPI document and its page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from mingbai.web.api import calls, cases, orders, places, problems, search
from mingbai.web.api.auth import PartnerKey


class Api(NinjaAPI):
    """What the library leaves out: 405 as a problem document, and its type in the OpenAPI document."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                _as_problems(operation["responses"])
        return schema

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        patterns, app, name = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = _answering(pattern.callback)
        return patterns, app, name


def _as_problems(responses: dict[int, dict[str, Any]]) -> None:
    for status, answer in responses.items():
        if int(status) >= 400 and "application/json" in answer.get("content", {}):
            answer["content"] = {problems.TYPE: answer["content"]["application/json"]}


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = view(request, *args, **kwargs)
        return problems.not_allowed(given) if given.status_code == 405 else given

    return answer


api = Api(
    title="Mingbai 明白",
    version="1.0.0",
    description="公共法律服务：转来办件、查询进度。One matter, one number, one history.",
    auth=PartnerKey(),
    urls_namespace="api",
    docs_url=None,  # our own page: the usual ones need inline scripts, which our CSP forbids
)
problems.register(api)
api.add_router("", cases.router)
api.add_router("", orders.router)
api.add_router("", calls.router)
api.add_router("", places.router)
api.add_router("", search.router)
