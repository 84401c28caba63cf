"""Who may call a view: decorators that set `view.access`, and the guard that locks idle sessions."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.people import actions
from mingbai.people.models import User
from mingbai.people.perms import can, needs_second_factor
from mingbai.people.roles import Permission
from mingbai.places.queries import one_moment
from mingbai.web.auth import kept

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_SEEN_EVERY = 60  # seconds; a write of the session per minute, not per click


class HtmxRequest(HttpRequest):
    """A request after HtmxMiddleware: `htmx` is true for a fragment."""

    htmx: Any


@dataclass(frozen=True)
class Access:
    """What a view asks of its caller. `is_setup`: open before second factor and first password are set;
    `while_locked`: open to a locked session; `keeps`: text posted without a session is kept."""

    kind: str
    permission: Permission | None = None
    is_setup: bool = False
    while_locked: bool = False
    keeps: bool = True


def user_of(request: HttpRequest) -> User:
    """Who asks, on a page that a person must be signed in for."""
    return request.user  # type: ignore[return-value]


def refuse_staff(request: HttpRequest) -> None:
    """Raises Refused "not_resident" on a screen of ours."""
    if isinstance(request.user, User):
        raise Refused(_("评价只能由群众本人作出，不能在工作人员的电脑上评。"), code="not_resident")


def public(view: View) -> View:
    """Anybody may call it."""
    view.access = Access("public", keeps=False)  # type: ignore[attr-defined]
    return view


def face_of(request: HttpRequest) -> str:
    """ "kiosk" where the query machine asks, else "public"."""
    match = request.resolver_match
    return "kiosk" if match is not None and match.namespace == "kiosk" else "public"


def partner(view: View) -> View:
    """The API checks its key itself."""
    view.access = Access("partner", keeps=False)  # type: ignore[attr-defined]
    return view


def staff(permission: Permission | None, **rules: bool) -> Callable[[View], View]:
    """Signed in, with a second factor where the role asks for one, and holding the permission somewhere.

    Which objects they may touch is the business of `visible_to` and perms. Residents meet the sign-in page.
    """
    access = Access("staff", permission, **rules)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return stopped(request, access) or view(request, *args, **kwargs)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def signed_in(**rules: bool) -> Callable[[View], View]:
    """Whoever is signed in, also before their second factor is set up: the pages of one's own account."""
    return staff(None, is_setup=True, keeps=False, **rules)


def stopped(request: HttpRequest, access: Access) -> HttpResponse | None:
    """Return the page that stands in the way, or None; raises PermissionDenied (403) for staff."""
    user = request.user
    if not isinstance(user, User):
        return kept.sign_in(request, keeps=access.keeps)
    if request.session.get("locked") and not access.while_locked:
        return kept.unlock(request, user, keeps=access.keeps)
    if not access.is_setup:
        if user.has_initial_password:
            return kept.detour(request, user, reverse("account_change_password"))
        if needs_second_factor(user) and not has_second_factor(request):
            return kept.detour(request, user, reverse("auth:second_factor"))
    if access.permission and not can(user, access.permission):
        raise PermissionDenied
    if request.method == "POST" and kept.FIELD in request.POST:
        actions.forget_form(by=user.actor, user=user, token=request.POST[kept.FIELD])
    return None


def has_second_factor(request: HttpRequest) -> bool:
    """True when this session was opened, or confirmed since, with a code, a key or a passkey."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


class SessionGuard:
    """Locks a session that nobody touched for SESSION_IDLE_LOCK seconds, before the view is called.

    Requests that a page sends by itself (header X-Live) do not count as a touch: an unattended desk with a
    live list would never lock.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with one_moment():  # a page asks for the registers dozens of times; they are of one moment for it
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        access = getattr(view, "access", None)
        if access and access.kind == "staff" and isinstance(request.user, User):
            note_presence(request, request.user, int(time.time()))


def note_presence(request: HttpRequest, user: User, now: int) -> None:
    session = request.session
    if session.get("locked"):
        return
    seen = session.get("seen_at", 0)
    if seen and now - seen > settings.SESSION_IDLE_LOCK:
        lock(request, user)
    elif not request.headers.get("X-Live") and not 0 <= now - seen < _SEEN_EVERY:
        session["seen_at"] = now


def lock(request: HttpRequest, user: User) -> None:
    request.session["locked"] = True
    actions.note_lock(by=user.actor, user=user, is_locked=True)
