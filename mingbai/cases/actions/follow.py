"""Following a matter: its number and the phone's last four digits, or the follow code; reading the answer."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import now_or
from mingbai.cases.actions.work import seen_answer
from mingbai.cases.models import Case, FollowTry, Resident
from mingbai.cases.rules.following import LOCKED_FOR, Tries, four_digits, next_try
from mingbai.core.actor import Actor
from mingbai.core.checks import last4
from mingbai.core.crypto import keyed_hash
from mingbai.core.numbers import LENGTH, clean_number, is_number
from mingbai.core.refused import Refused
from mingbai.journal.actions import write

__all__ = ["follow", "forget_tries", "seen_answer", "try_number"]

Found = TypeVar("Found")
_NEVER = "-"  # no digit: what a person types never equals it


def follow(*, by: Actor, number: str, secret: str, at: datetime | None = None) -> Case:
    """The matter of this number, for whoever knows its secret. `case.followed_as` says which secret it was:
    "speaker", "party" or "code".

    A number that does not exist takes the same path with the same queries as one that is somebody else's.
    Raises Refused "not_found" (also for a wrong secret) or "locked" (five wrong tries lock it for an hour,
    for the right secret too).
    """
    at, secret, key = now_or(at), four_digits(secret), _key(number)
    found = try_number(by=by, number=number, look=lambda: _look(key, secret), at=at)
    if found is None:
        raise Refused(
            _("编号或后四位不对，请核对。编号是 13 位数字，后面填手机号后四位，或小票上的四位查询码。"),
            code="not_found",
            field="number",
        )
    case, role = found
    case.followed_as = role  # type: ignore[attr-defined]
    return case


def try_number(*, by: Actor, number: str, look: Callable[[], Found | None], at: datetime) -> Found | None:
    """What `look` finds, counted as a try at this number: a right one forgets the wrong ones before it.

    `look` does the same queries whatever comes out. Raises Refused "locked" while five wrong tries lock the
    number, for a right one too.
    """
    found, tries, was_locked = _try(by, _key(number), look, at)
    if was_locked:
        raise _locked(tries, at)
    return found


def _key(number: str) -> str:
    """The number itself; for what cannot be one, a stand-in: it may be somebody's ID number."""
    clean = clean_number(number)
    return clean if is_number(clean) else "?" + keyed_hash(clean, what="follow.try")[: LENGTH - 1]


@transaction.atomic
def _try(
    by: Actor, key: str, look: Callable[[], Found | None], at: datetime
) -> tuple[Found | None, Tries, bool]:
    """Count the try, look, compare; the same four statements whatever comes out."""
    FollowTry.objects.bulk_create([FollowTry(number=key, last_at=at)], ignore_conflicts=True)
    row = FollowTry.objects.select_for_update(of=("self",)).get(pk=key)
    before = Tries(row.tries, row.last_at, row.locked_until)
    found = look()
    tries, was_locked = next_try(before, at, right=found is not None)
    FollowTry.objects.filter(pk=key).update(tries=tries.count, last_at=at, locked_until=tries.until)
    if tries.until and not was_locked:
        write(
            chain=f"follow:{key}", verb="follow.locked", by=by, at=at, data={"until": tries.until.isoformat()}
        )
    return found, tries, was_locked


def _look(key: str, secret: str) -> tuple[Case, str] | None:
    case = (
        Case.objects.filter(number=key)
        .select_related("speaker", "party", "station", "merged_into", "partner")
        .first()
    )
    role = _matching(case, secret)
    return (case, role) if case is not None and role else None


def _matching(case: Case | None, secret: str) -> str:
    """Which secret this is; each is opened and compared, found or not, so that time tells nothing."""
    case = case or _nobody()
    people = {"speaker": case.speaker, "party": case.party}
    kept = {role: last4((person or _nobody_else()).phone) or _NEVER for role, person in people.items()}
    kept["code"] = case.follow_code or _NEVER
    same = [role for role, value in kept.items() if hmac.compare_digest(value.encode(), secret.encode())]
    return same[0] if same else ""


@lru_cache(maxsize=1)
def _nobody_else() -> Resident:
    nobody = Resident()
    nobody.phone = _NEVER
    return nobody


@lru_cache(maxsize=1)
def _nobody() -> Case:
    """Stands in for a number that does not exist."""
    nobody = Case()
    nobody.follow_code = _NEVER
    return nobody


def _locked(tries: Tries, at: datetime) -> Refused:
    left = (tries.until - at) if tries.until else LOCKED_FOR
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return Refused(
        _("这个编号连续输错多次，请 %(minutes)d 分钟后再试，或拨打 12348 查询。") % {"minutes": minutes},
        code="locked",
        field="number",
    )


def forget_tries(*, by: Actor, now: datetime) -> int:
    """Drop the counts of tries that are over."""
    gone, _each = FollowTry.objects.filter(last_at__lt=now - timedelta(days=1)).delete()
    return gone
