"""Sign-in: wrong tries counted for all processes, what happened written down, typed text kept."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.crypto import keyed_hash
from mingbai.journal import actions as journal
from mingbai.people.models import Brake, KeptForm, User
from mingbai.people.queries import KEPT_HASH
from mingbai.people.rules import CODE_LASTS, FORM_KEPT_FOR, MOST_TRIES, TRIES_WITHIN, Tries, next_try

UNKNOWN = "user:unknown"
_OLD = timedelta(days=1)  # longer than any session: tries at a PIN are counted as long as it lasts


def _brake_key(what: str, subject: str) -> str:
    return keyed_hash(subject, what=f"brake.{what}")


@transaction.atomic
def take_try(
    *,
    by: Actor,
    what: str,
    subject: str,
    user: User | None = None,
    now: datetime | None = None,
    most: int = MOST_TRIES,
    within: timedelta = TRIES_WITHIN,
) -> Tries:
    """Count a try at a password, PIN or code before it is looked at; a right one is cleared by `release`.

    Raises Refused "locked". The table serves all processes: a cache of one process would give an attacker
    five tries per process.
    """
    now = now or timezone.now()
    key = _brake_key(what, subject)
    # Two first tries at once: the second insert waits for the first and finds its row.
    Brake.objects.bulk_create([Brake(key=key, since=now)], ignore_conflicts=True)
    row = Brake.objects.select_for_update(of=("self",)).get(pk=key)
    tries = next_try(Tries(row.tries, row.since, row.until), now, most, within)
    row.tries, row.since, row.until = tries.count, tries.since, tries.until
    row.save()
    if tries.until:
        chain = f"user:{user.pk}" if user else UNKNOWN
        journal.write(
            chain=chain, verb="user.locked_out", by=by, data={"what": what, "until": tries.until.isoformat()}
        )
    Brake.objects.filter(since__lt=now - _OLD).exclude(pk=key).delete()
    return tries


@transaction.atomic
def release(*, by: Actor, what: str, subject: str) -> None:
    """Forget the tries after a right one."""
    Brake.objects.filter(pk=_brake_key(what, subject)).delete()


@transaction.atomic
def spend_code(*, by: Actor, user: User, code: str, now: datetime | None = None) -> bool:
    """True the first time: a code read over somebody's shoulder is good for nothing more, in any process."""
    now = now or timezone.now()
    key = _brake_key("spent", f"{user.pk}:{code}")
    rows = Brake.objects.select_for_update(of=("self",))
    row, is_first = rows.get_or_create(pk=key, defaults={"since": now})
    if not is_first and abs(now - row.since) <= CODE_LASTS:
        return False
    row.since = now
    row.save(update_fields=["since"])
    return True


@transaction.atomic
def note_sign_in(*, by: Actor, user: User, how: str, ip: str = "") -> None:
    journal.write(chain=f"user:{user.pk}", verb="user.signed_in", by=by, data={"how": how, "ip": ip})


@transaction.atomic
def note_sign_out(*, by: Actor, user: User, why: str = "asked") -> None:
    journal.write(chain=f"user:{user.pk}", verb="user.signed_out", by=by, data={"why": why})


def note_failure(*, by: Actor, user: User | None, what: str, ip: str = "") -> None:
    """Write down a wrong try. An unknown name is not written: it may be somebody's password."""
    chain = f"user:{user.pk}" if user else UNKNOWN
    data = {"what": what, "ip": ip}
    try:
        with transaction.atomic():
            journal.write(chain=chain, verb="user.sign_in_failed", by=by, data=data)
    except IntegrityError:
        # Two wrong names at once as the very first of this chain: neither could lock a head not there yet.
        with transaction.atomic():
            journal.write(chain=chain, verb="user.sign_in_failed", by=by, data=data)


@transaction.atomic
def note_factor(*, by: Actor, user: User, verb: str) -> None:
    """Write down that a second factor was added ("user.factor_added") or removed ("user.factor_removed")."""
    journal.write(chain=f"user:{user.pk}", verb=verb, by=by)


@transaction.atomic
def note_lock(*, by: Actor, user: User, is_locked: bool) -> None:
    """Write down that a session was locked, or reopened by PIN or password."""
    journal.write(chain=f"user:{user.pk}", verb="user.locked" if is_locked else "user.unlocked", by=by)


@transaction.atomic
def keep_form(
    *, by: Actor, user: User, path: str, fields: Iterable[tuple[str, str]], now: datetime | None = None
) -> str:
    """Keep what was typed under a fresh token, encrypted, for twelve hours; return the token."""
    now = now or timezone.now()
    KeptForm.objects.filter(expires_at__lte=now).delete()
    token = secrets.token_urlsafe(24)
    kept = KeptForm(
        token_hash=keyed_hash(token, what=KEPT_HASH),
        user=user,
        path=path[:500],
        expires_at=now + FORM_KEPT_FOR,
    )
    kept.body = json.dumps([list(pair) for pair in fields], ensure_ascii=False)
    kept.save(force_insert=True)
    journal.write(
        chain=f"user:{user.pk}", verb="user.form_kept", by=by, data={"path": kept.path.partition("?")[0]}
    )
    return token


def forget_old_forms(*, by: Actor, now: datetime) -> int:
    """Drop what was typed and never fetched."""
    return KeptForm.objects.filter(expires_at__lte=now).delete()[0]


@transaction.atomic
def forget_form(*, by: Actor, user: User, token: str) -> None:
    """Drop a kept form: it was sent again, or is not wanted."""
    if KeptForm.objects.filter(token_hash=keyed_hash(token, what=KEPT_HASH), user=user).delete()[0]:
        journal.write(chain=f"user:{user.pk}", verb="user.form_returned", by=by)
