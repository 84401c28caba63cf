"""Unlock, lock, PIN, second factor, slip, and the page that gives typed text back."""

from datetime import timedelta
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions
from mingbai.people.models import User
from mingbai.people.perms import needs_second_factor
from mingbai.people.queries import kept_form
from mingbai.web import access
from mingbai.web.access import public, signed_in, user_of
from mingbai.web.accounts import proof_page
from mingbai.web.auth import kept
from mingbai.web.auth.forms import PinForm, UnlockForm


@never_cache
@signed_in(while_locked=True)
@sensitive_post_parameters()
def unlock(request: HttpRequest) -> HttpResponse:
    """Reopen a locked session by PIN or password; the fifth wrong one signs out."""
    user, back = user_of(request), kept.safe_next(request)
    if not request.session.get("locked"):
        return redirect(back)
    asks = _asks(request, user)
    form = UnlockForm(request.POST or None, asks=asks)
    if request.method == "POST" and form.is_valid():
        try:
            # Five in all: four digits would not last a night of four tries every ten minutes.
            tries = actions.take_try(
                by=user.actor,
                what="pin",
                subject=str(request.session.session_key),
                user=user,
                within=timedelta(seconds=settings.SESSION_COOKIE_AGE),
            )
        except Refused:
            return _sign_out(request, user, back)
        if _opens(request, user, form):
            return _reopen(request, user, back)
        actions.note_failure(by=user.actor, user=user, what="pin", ip=get_adapter().get_client_ip(request))
        if tries.until:
            return _sign_out(request, user, back)
        form.add_error(None, _("解锁码或密码不对，还可以试 %(left)d 次。") % {"left": 5 - tries.count})
    by_password = f"{request.path}?{urlencode({'next': back, 'by': 'password'})}"
    other_way = by_password if asks == "pin" and user.has_usable_password() else ""
    context = {"form": form, "next": back, "who": user.name, "other_way": other_way}
    return render(request, "auth/unlock.html", context, status=200 if not form.errors else 422)


def _asks(request: HttpRequest, user: User) -> str:
    """What opens this lock: the PIN, the password where it is wanted or there is no PIN, or nothing."""
    has_password = user.has_usable_password()
    wants_password = request.GET.get("by") == "password" or "password" in request.POST
    if user.pin and not (wants_password and has_password):
        return "pin"
    return "password" if has_password else ""


def _opens(request: HttpRequest, user: User, form: UnlockForm) -> bool:
    pin, password = form.cleaned_data.get("pin"), form.cleaned_data.get("password")
    if pin:
        return bool(user.pin) and check_password(pin, user.pin)
    return bool(password) and user.check_password(password)


def _reopen(request: HttpRequest, user: User, back: str) -> HttpResponse:
    actions.release(by=user.actor, what="pin", subject=str(request.session.session_key))
    actions.note_lock(by=user.actor, user=user, is_locked=False)
    request.session.pop("locked", None)
    request.session.pop("seen_at", None)
    return redirect(back)


def _sign_out(request: HttpRequest, user: User, back: str) -> HttpResponse:
    get_adapter().logout(request)
    messages.warning(request, _("解锁失败次数过多，已退出。请重新登录，您填写的内容还在。"))
    return redirect(kept.with_next(reverse("account_login"), back))


@require_POST
@signed_in(while_locked=True)
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the session by hand: somebody leaves the window."""
    if not request.session.get("locked"):
        access.lock(request, user_of(request))
    return redirect(kept.with_next(reverse("auth:unlock"), kept.safe_next(request)))


@never_cache
@signed_in()
@sensitive_post_parameters()
def pin(request: HttpRequest) -> HttpResponse:
    """Set the code that reopens a locked session; the password is asked, where there is one."""
    user = user_of(request)
    form = PinForm(request.POST or None, has_password=user.has_usable_password())
    if request.method == "POST" and form.is_valid() and _set_pin(user, form):
        messages.success(request, _("解锁码已设置。"))
        return redirect(kept.safe_next(request))
    return render(request, "auth/pin.html", {"form": form}, status=422 if form.errors else 200)


def _set_pin(user: User, form: PinForm) -> bool:
    try:
        if "password" in form.cleaned_data and not get_adapter().reauthenticate(
            user, form.cleaned_data["password"]
        ):
            form.add_error("password", _("密码不对。"))
            return False
        actions.set_pin(by=user.actor, user=user, pin=form.cleaned_data["pin"])
    except Refused as refused:
        form.add_error("pin", str(refused))
    except ValidationError as error:
        form.add_error("password", error)
    return not form.errors


@never_cache
@signed_in()
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where a role asks for a second factor: confirm the one there is, or choose and set up the first."""
    user, back = user_of(request), kept.safe_next(request)
    if access.has_second_factor(request) or not needs_second_factor(user):
        return redirect(request.session.pop("after_factor", back))
    if proof := proof_page(user):
        return redirect(kept.with_next(proof, back))
    request.session["after_factor"] = back
    return render(request, "auth/second_factor.html")


@never_cache
@public
def slip(request: HttpRequest, secret: str) -> HttpResponse:
    """A slip's own page: opening it spends nothing (scanners look ahead), the button signs in."""
    if request.method != "POST":
        return render(request, "auth/slip.html", {"refused": ""})
    try:
        user = actions.use_slip(by=SYSTEM, secret=secret)
    except Refused as refused:
        return render(request, "auth/slip.html", {"refused": str(refused)}, status=422)
    record_authentication(request, user, method="slip")
    get_adapter().login(request, user)
    record_authentication(request, user, method="slip")
    return redirect(reverse("auth:pin") if not user.pin else kept.safe_next(request))


@never_cache
@signed_in()
def kept_page(request: HttpRequest, token: str) -> HttpResponse:
    """Give back what was typed: shown, and sent again with one button. Only the user who typed it sees it."""
    user = user_of(request)
    if request.method == "POST":
        actions.forget_form(by=user.actor, user=user, token=token)
        return redirect(kept.safe_next(request))
    form = kept_form(token, user)
    if form is None:
        messages.info(request, _("暂存的内容已提交或已过期。"))
        return redirect(kept.safe_next(request))
    fields = kept.fields_of(form)
    context = {
        "action": form.path,
        "fields": [*fields, (kept.FIELD, token)],
        "shown": kept.shown(fields),
        "had_files": "files" in request.GET,
        "token": token,
    }
    return render(request, "auth/kept.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """An old form of ours (one signed in anew meanwhile): show the text and let it be sent again."""
    if kept.is_own_page(request) and not request.path.startswith("/accounts/") and any(kept.typed(request)):
        return kept.again(request)
    return render(request, "auth/stale.html", {"path": request.path}, status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """allauth's own brake against floods, per process."""
    return render(request, "429.html", status=429)
