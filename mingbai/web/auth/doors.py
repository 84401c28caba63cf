"""The doors before allauth's own views: who may call them, what is asked first, what is written down."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mingbai.core.actor import SYSTEM
from mingbai.people import actions
from mingbai.web.access import has_second_factor, public, signed_in, user_of
from mingbai.web.accounts import FACTORS, proof_page
from mingbai.web.auth.kept import with_next

AnyView = Callable[..., HttpResponseBase]


def factors_of(request: HttpRequest) -> set[int]:
    return set(Authenticator.objects.filter(user=request.user, type__in=FACTORS).values_list("pk", flat=True))


def own(view: AnyView) -> AnyView:
    """A page of one's own factors: who has one must have shown it in this session, else adding a second
    would be a way around it. Adding the first one proves it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        before = factors_of(request)
        if before and not has_second_factor(request):
            return redirect(with_next(proof_page(user_of(request)), request.get_full_path()))
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            note_change(request, before, factors_of(request))
        return response

    return signed_in()(guarded)


def note_change(request: HttpRequest, before: set[int], after: set[int]) -> None:
    user = user_of(request)
    if after - before:
        record_authentication(request, user, "mfa", type="set_up")
        actions.note_factor(by=user.actor, user=user, verb="user.factor_added")
    if before - after:
        actions.note_factor(by=user.actor, user=user, verb="user.factor_removed")


def removable(view: AnyView) -> AnyView:
    """allauth asks its adapter before a code is given up, but not before a key is."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponseBase:
        key = Authenticator.objects.filter(pk=pk, user=request.user).first()
        adapter = get_adapter()
        if request.method == "POST" and key and not adapter.can_delete_authenticator(key):
            messages.error(request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_list_webauthn")
        return view(request, pk=pk)

    return guarded


def noted(view: AnyView) -> AnyView:
    """A passkey that does not fit leads back to the sign-in page; it is written down like a password."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        if request.method == "POST" and response.headers.get("Location") == reverse("account_login"):
            actions.note_failure(by=SYSTEM, user=None, what="passkey")
        return response

    return guarded


def mine(view: AnyView) -> AnyView:
    return signed_in()(wraps(view)(lambda request, *args, **kwargs: view(request, *args, **kwargs)))


def opened(view: AnyView) -> AnyView:
    return public(wraps(view)(lambda request, *args, **kwargs: view(request, *args, **kwargs)))
