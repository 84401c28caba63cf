"""The way to sign in or unlock and back again, with whatever was being typed."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from mingbai.people import actions
from mingbai.people.models import KeptForm, User
from mingbai.people.perms import can, permissions
from mingbai.people.roles import Permission
from mingbai.web.said import parts_of

FIELD = "_kept"
_BOARD, _REGISTERS = "/board/", "/manage/"  # beside LOGIN_REDIRECT_URL, which is an address as well
MOST_BYTES = 2 * 1024 * 1024
_NEVER = re.compile(r"csrfmiddlewaretoken|_kept|pin|code|credential|.*passw.*|.*secret.*", re.IGNORECASE)


def sign_in(request: HttpRequest, *, keeps: bool) -> HttpResponse:
    """Send somebody without a session to the sign-in page; typed text waits for the user it belongs to."""
    if _wants_json(request):
        return JsonResponse({"code": "signed_out"}, status=401)
    if request.method == "POST" and keeps and any(typed(request)):
        owner = _former_user(request)
        if owner is None:
            return again(request, signed_out=True)
        return _go(request, reverse("account_login"), _keep(request, owner))
    return _go(request, reverse("account_login"), _here(request))


def unlock(request: HttpRequest, user: User, *, keeps: bool) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"code": "locked"}, status=401)
    return detour(request, user, reverse("auth:unlock"), keeps=keeps)


def detour(request: HttpRequest, user: User, to: str, *, keeps: bool = True) -> HttpResponse:
    """Send a signed-in user elsewhere first and then back to where they were, text included."""
    if request.method == "POST" and keeps and any(typed(request)):
        return _go(request, to, _keep(request, user))
    return _go(request, to, _here(request))


def again(request: HttpRequest, *, signed_out: bool = False) -> HttpResponse:
    """Show what was typed on a page that sends it again: nothing is stored for people we do not know."""
    context = {
        "action": request.get_full_path(),
        "fields": list(typed(request)),
        "shown": shown(typed(request)),
        "had_files": bool(request.FILES),
        "signed_out": signed_out,
    }
    if not getattr(request, "htmx", None):
        return render(request, "auth/again.html", context, status=403)
    response = render(request, "auth/again.html", context)  # htmx shows only what succeeded
    response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    return response


def typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The posted texts, without secrets and tokens."""
    for name, values in request.POST.lists():
        if not _NEVER.fullmatch(name):
            yield from ((name, value) for value in values if isinstance(value, str))


def fields_of(form: KeptForm) -> list[tuple[str, str]]:
    return [(name, value) for name, value in json.loads(form.body or "[]")]


def shown(fields: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> list[str]:
    """The values that a person wrote; codes and ticks of the form say nothing to them."""
    return [value for _name, value in fields if len(value) > 20 or re.search(r"[^\x00-\x7f]", value)]


def start_page(user: object) -> str:
    """Where a day begins: at the desk for who sees matters, else with what the role is there for."""
    if can(user, Permission.CASE_SEE) or not permissions(user):
        return str(settings.LOGIN_REDIRECT_URL)
    return _BOARD if can(user, Permission.BOARD_SEE) else _REGISTERS


def safe_next(request: HttpRequest) -> str:
    """Where to go back to: an address of our own, else the start page."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if own else start_page(request.user)


def is_own_page(request: HttpRequest) -> bool:
    """True when the browser says that a page of ours sent this form; a foreign page's text is not shown."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return parts_of(origin).netloc == request.get_host()


def _keep(request: HttpRequest, user: User) -> str:
    fields = list(typed(request))
    if sum(len(value.encode()) for _name, value in fields) > MOST_BYTES:
        return _here(request)
    token = actions.keep_form(by=user.actor, user=user, path=request.get_full_path(), fields=fields)
    return reverse("auth:kept", args=[token]) + ("?files=1" if request.FILES else "")


def _former_user(request: HttpRequest) -> User | None:
    """Whose session it was: its row outlives the expiry until it is swept. A signed-out one is gone."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    row = Session.objects.filter(pk=key).first() if key else None
    data = row.get_decoded() if row else {}
    if BACKEND_SESSION_KEY not in data:
        return None
    user: User | None = User.objects.filter(pk=data.get(SESSION_KEY), is_active=True).first()
    return user


def _here(request: HttpRequest) -> str:
    """The page the person looked at; for a fragment or a form not the address it was sent to."""
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.current_url_abs_path:
        return str(htmx.current_url_abs_path)
    if request.method == "GET":
        return request.get_full_path()
    came_from = parts_of(request.headers.get("Referer", ""))
    if came_from.netloc == request.get_host():
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return str(settings.LOGIN_REDIRECT_URL)


def with_next(to: str, back: str) -> str:
    return f"{to}?{urlencode({'next': back})}"


def _go(request: HttpRequest, to: str, back: str) -> HttpResponse:
    url = with_next(to, back)
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def _wants_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json" or request.headers.get("Accept") == "application/json"
