"""Users: made by their administrator, edited, shut, their passwords and PINs."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people.models import User, Worker
from mingbai.people.perms import can_edit_user, can_link, can_reset_factor
from mingbai.people.rules import check_pin, clean_username

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def make_user(
    *,
    by: Actor,
    username: str,
    name: str,
    email: str = "",
    password: str | None = None,
    worker: Worker | None = None,
    is_initial: bool = False,
) -> User:
    """Make a sign-in, without a role: those are granted by the security administrator.

    Without a password only a slip or the city's own sign-in opens it. `is_initial`: the password was chosen
    by somebody else and must be changed first. Raises Refused "bad_username", "username_taken".
    """
    username = clean_username(username)
    if User.objects.filter(username=username).exists():
        raise Refused(_("登录名已被使用。"), code="username_taken", field="username")
    user = User(username=username, name=clean_text(name, most=64, field="name"), email=email)
    _set_password(user, password)
    user.has_initial_password = is_initial and password is not None
    user.save(force_insert=True)
    _write(user, "user.made", by, {"username": username})
    if worker is not None:
        link_worker(by=by, user=user, worker=worker)
    return user


@transaction.atomic
def edit_user(*, by: Actor, user: User, name: str, email: str) -> User:
    user = _locked(user, by)
    changed = [key for key, new in (("name", name), ("email", email)) if getattr(user, key) != new]
    user.name, user.email = clean_text(name, most=64, field="name"), email.strip()
    user.save(update_fields=["name", "email"])
    _write(user, "user.edited", by, {"fields": changed})
    return user


@transaction.atomic
def link_worker(*, by: Actor, user: User, worker: Worker | None) -> User:
    """Say which person of the register signs in with this name; one worker, one sign-in."""
    user = _locked(user, by)
    Worker.objects.filter(user=user).update(user=None)
    if worker is not None:
        worker = Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
        if by.kind != "system" and not (isinstance(by.user, User) and can_link(by.user, worker)):
            raise Refused(_("名册上没有这个编号。"), code="unknown_worker", field="worker")
        if worker.user_id and worker.user_id != user.pk:
            raise Refused(_("此人已有登录名。"), code="worker_has_user", field="worker")
        worker.user = user
        worker.save(update_fields=["user"])
    _write(user, "user.linked", by, {"worker": worker.code if worker else ""})
    return user


@transaction.atomic
def deactivate_user(*, by: Actor, user: User, why: str = "") -> User:
    """Shut a sign-in at once: open sessions end with their next click. Nobody shuts themselves out."""
    user = _locked(user, by)
    if by.kind == "user" and by.id == str(user.pk):
        raise Refused(_("不能停用自己的账号。"), code="own_user")
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.slips.filter(used_at__isnull=True).delete()
    _write(user, "user.deactivated", by, {"why": why})
    return user


@transaction.atomic
def activate_user(*, by: Actor, user: User) -> User:
    user = _locked(user, by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _write(user, "user.activated", by, {})
    return user


@transaction.atomic
def reset_password(*, by: Actor, user: User) -> tuple[User, str]:
    """Give a new password that must be changed at the next sign-in; shown once to the administrator."""
    user = _locked(user, by)
    password = "-".join("".join(secrets.choice(_READABLE) for _i in range(4)) for _j in range(4))
    user.set_password(password)
    user.has_initial_password = True
    user.save(update_fields=["password", "has_initial_password"])
    _write(user, "user.password_reset", by, {})
    return user, password


@transaction.atomic
def reset_second_factor(*, by: Actor, user: User) -> User:
    """Take away lost phones and keys, so that a new factor can be set up after the password.

    The security administrator's, not the system administrator's: who resets passwords must not also open
    the second lock.
    """
    user = _locked(user)
    is_allowed = isinstance(by.user, User) and can_reset_factor(by.user, user)
    if by.kind != "system" and not is_allowed:
        raise Refused(_("这个用户不在您的管理范围内。"), code="not_yours")
    count, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    _write(user, "user.factor_reset", by, {"count": count})
    return user


@transaction.atomic
def change_own_password(*, by: Actor, user: User, password: str) -> User:
    """Set a password of one's own choice; every other session of the user ends by it."""
    user = _locked(user)
    _set_password(user, password)
    user.has_initial_password = False
    user.save(update_fields=["password", "has_initial_password"])
    _write(user, "user.password_changed", by, {})
    return user


@transaction.atomic
def set_pin(*, by: Actor, user: User, pin: str) -> User:
    """Set the short code that reopens a locked session; it never signs in. Refused "bad_pin", "weak_pin"."""
    check_pin(pin)
    user = _locked(user)
    user.pin = make_password(pin)
    user.save(update_fields=["pin"])
    _write(user, "user.pin_set", by, {})
    return user


@transaction.atomic
def clear_pin(*, by: Actor, user: User) -> User:
    user = _locked(user)
    user.pin = ""
    user.save(update_fields=["pin"])
    _write(user, "user.pin_cleared", by, {})
    return user


def _locked(user: User, by: Actor | None = None) -> User:
    """Lock the row; where `by` is given, a user who acts on another's must be their administrator."""
    found: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if by is None or by.kind == "system" or by.code == f"user:{found.pk}":
        return found
    if not isinstance(by.user, User) or not can_edit_user(by.user, found):
        raise Refused(_("这个用户不在您的管理范围内。"), code="not_yours")
    return found


def _set_password(user: User, password: str | None) -> None:
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="weak_password", field="password") from error
    user.set_password(password)


def _write(user: User, verb: str, by: Actor, data: dict[str, Any]) -> None:
    journal.write(chain=f"user:{user.pk}", verb=verb, by=by, data=data)
