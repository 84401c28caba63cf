"""Pages of figures that a standby may answer; the page then says up to which moment it knows."""

from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponseBase

from mingbai.core.replica import may_be_stale

View = TypeVar("View")


def may_lag(view: View) -> View:
    """Stands innermost: who may see the page is decided on the primary. The view must render eagerly."""

    @wraps(cast(Any, view))
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with may_be_stale() as known:
            request.known_until = known  # type: ignore[attr-defined]
            answer: HttpResponseBase = cast(Any, view)(request, *args, **kwargs)
        if known:
            answer.headers["X-Known-Until"] = known.isoformat(timespec="seconds")
        return answer

    return cast(View, inner)
