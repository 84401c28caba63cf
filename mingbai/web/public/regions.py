"""The place picker as a fragment: the next list of selects, or what a typed name finds."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.places.queries import register
from mingbai.web.access import public
from mingbai.web.where import picked_from, picker_context

_ID = re.compile(r"[a-z][a-z0-9_-]{0,40}")


@public
@require_safe
def picker(request: HttpRequest) -> HttpResponse:
    """Used by every face; `id` is the prefix of the ids on the page that asks."""
    asked = request.GET.get("id", "")
    id_ = asked if _ID.fullmatch(asked) else "id_where"
    return render(
        request, "components/region_picker.html", picker_context(picked_from(request.GET, register()), id=id_)
    )
