"""Forms that a phone keeps while there is no network: their keys, the answers it understands, its worker.

The phone keeps the form as it was filled in, with the key that the form came with, and sends it when it can;
sent three times it is one (`client_key` of needs and records).
"""

import re
import secrets

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_safe

from mingbai.people.roles import Permission
from mingbai.web.access import staff

_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    return secrets.token_hex(16)


def key_of(request: HttpRequest) -> str:
    """The form's key, made by us or by the phone; anything else that was sent in its place is replaced."""
    sent = request.POST.get("key", "")
    return sent if _KEY.fullmatch(sent) else new_key()


def is_from_phone(request: HttpRequest) -> bool:
    """True for a form that waited on a phone and is sent by its script."""
    return request.headers.get("X-Kept") == "1"


def taken(said: str = "", url: str = "") -> JsonResponse:
    """The phone forgets its copy; the query machine goes to `url`."""
    return JsonResponse({"taken": True, "said": said, "url": url})


def not_taken(said: str) -> JsonResponse:
    """The phone keeps its copy and shows why, so that somebody can put it right."""
    return JsonResponse({"taken": False, "said": said}, status=422)


@staff(Permission.CASE_SEE)
@require_safe
def token(request: HttpRequest) -> JsonResponse:
    """What a waiting form must be sent with; a page that was kept has an old one."""
    return JsonResponse({"token": get_token(request)})


@staff(Permission.CASE_SEE)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that opens the forms of needs, the stand and a tour without a network, and nothing else."""
    path = finders.find("js/days-worker.js")
    if not path:
        raise Http404
    with open(path, encoding="utf-8") as file:  # noqa: PTH123  what the finder gives is a path as text
        return HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
