"""One-time sign-in slips: made for part-timers without a password, used once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.crypto import keyed_hash
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people.actions.grants import grant
from mingbai.people.actions.users import make_user
from mingbai.people.enums import Post
from mingbai.people.models import Slip, User, Worker
from mingbai.people.perms import can_let_in, needs_second_factor
from mingbai.people.queries import SLIP_HASH
from mingbai.people.roles import RoleCode
from mingbai.people.rules import SLIP_LASTS, bad_slip, check_slip

# What a part-timer of the register may do when the operator prints their first slip.
ROLE_OF_POST = {
    Post.VILLAGE_LAWYER: RoleCode.VILLAGE_LAWYER,
    Post.LAWYER: RoleCode.PRACTITIONER,
    Post.NOTARY: RoleCode.PRACTITIONER,
    Post.MEDIATOR: RoleCode.STATION_WORKER,
    Post.LAW_SAVVY_VILLAGER: RoleCode.STATION_WORKER,
    Post.LEGAL_AID_CLERK: RoleCode.STATION_WORKER,
    Post.WINDOW_CLERK: RoleCode.WINDOW_CLERK,
    Post.HOTLINE_AGENT: RoleCode.HOTLINE_AGENT,
    Post.MANAGER: RoleCode.STATION_MANAGER,
}


@dataclass(frozen=True)
class PrintedSlip:
    """What stands on the paper; the secret exists nowhere else."""

    worker: Worker
    slip: Slip
    secret: str


@transaction.atomic
def make_slip(*, by: Actor, user: User, now: datetime | None = None) -> tuple[Slip, str]:
    """Make a slip and return it with its secret (24 bytes); earlier slips of the user die.

    Refused "slip_needs_factor" for who has a second factor, by role or choice: a paper would be the only
    factor; "not_yours" for who may do things where the printer may not.
    """
    now = now or timezone.now()
    locked: User = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not locked.is_active:
        raise Refused(_("这个用户已停用。"), code="user_inactive")
    if _has_factor(locked):
        raise Refused(_("此人须双因素登录，不能使用登录条。"), code="slip_needs_factor")
    if by.kind != "system" and not (isinstance(by.user, User) and can_let_in(by.user, locked)):
        raise Refused(_("这个用户不在您的管理范围内。"), code="not_yours")
    locked.slips.filter(used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    secret = secrets.token_urlsafe(24)
    slip = Slip.objects.create(
        user=locked, secret_hash=keyed_hash(secret, what=SLIP_HASH), made_at=now, expires_at=now + SLIP_LASTS
    )
    journal.write(
        chain=f"user:{locked.pk}", verb="user.slip_made", by=by, data={"until": slip.expires_at.isoformat()}
    )
    return slip, secret


def _has_factor(user: User) -> bool:
    """Whoever must have a second factor, or has set one up."""
    return needs_second_factor(user) or Authenticator.objects.filter(user_id=user.pk).exists()


def make_slips(*, by: Actor, workers: Iterable[Worker], now: datetime | None = None) -> list[PrintedSlip]:
    """Make a slip for each active worker; who has no sign-in yet gets one, with the role of the post.

    One transaction per person: a thousand slips must not hold the database. Those who cannot have one
    (second factor, shut, out of the printer's reach) are left out.
    """
    made = []
    for worker in workers:
        try:
            with transaction.atomic():
                user = worker.user or _user_for(worker, by)
                made.append(PrintedSlip(worker, *make_slip(by=by, user=user, now=now)))
        except Refused:
            continue
    return made


def _user_for(worker: Worker, by: Actor) -> User:
    user = make_user(by=by, username=worker.code.lower(), name=worker.name, worker=worker)
    grant(
        by=by, user=user, role=ROLE_OF_POST[Post(worker.post)], region=worker.region, station=worker.station
    )
    return user


@transaction.atomic
def use_slip(*, by: Actor, secret: str, now: datetime | None = None) -> User:
    """Spend a slip and return whom it signs in. Raises Refused "bad_slip", "slip_used", "slip_expired"."""
    now = now or timezone.now()
    slip = (
        Slip.objects.filter(secret_hash=keyed_hash(secret[:200], what=SLIP_HASH))
        .select_related("user")
        .first()
    )
    if slip is None:
        raise bad_slip()
    user = slip.user
    check_slip(expires_at=slip.expires_at, used_at=slip.used_at, is_active=user.is_active, now=now)
    if _has_factor(user):
        raise bad_slip()
    # The update itself is the lock: of two phones with the same paper one finds the row spent.
    if not Slip.objects.filter(pk=slip.pk, used_at__isnull=True).update(used_at=now):
        check_slip(expires_at=slip.expires_at, used_at=now, is_active=True, now=now)
    journal.write(chain=f"user:{user.pk}", verb="user.slip_used", by=by)
    return user
