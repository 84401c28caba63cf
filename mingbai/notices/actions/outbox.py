"""The outbox: a notice is written with the change that causes it, claimed by a worker, sent, tried again."""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.holdings import free
from mingbai.journal.actions import write
from mingbai.notices.actions.ways import count_out
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice
from mingbai.notices.queries import Ways, ways
from mingbai.notices.rules import LEASE, next_try

KEPT = timedelta(days=90)
"""How long address and words of a sent notice can be read; after it their key is destroyed."""


def notify(
    *,
    by: Actor,
    event: str,
    to: str,
    transport: str,
    template: str,
    address: str,
    context: dict[str, Any],
    about: str = "",
    due_at: datetime | None = None,
) -> Notice | None:
    """Queue one notice in the transaction of its cause; None when this event was told to them already.

    `event` names what happened, once and for all ("case:26…:answered:17"); with `to` and `transport` it is
    the key by which a notice is never queued twice. `about` is the chain of the matter, by which its page
    finds what was told. The words are made when it is sent.
    """
    at = timezone.now()
    notice = Notice(event=event, to=to, about=about, transport=transport, template=template, made_at=at)
    notice.due_at = due_at or at
    notice.address = address
    notice.context = json.dumps(context, ensure_ascii=False, default=str)
    if Notice.objects.filter(event=event, to=to, transport=transport).exists():
        return None
    # Two at once: the second finds nothing above and is ignored here, without breaking its transaction.
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return notice


@transaction.atomic
def claim(*, by: Actor, now: datetime, most: int = 10, open_ways: Ways | None = None) -> list[Notice]:
    """Take due notices for this worker, which must show life within the lease.

    A claim counts as a try, so that a notice which kills its worker cannot kill them for ever. What waits
    for the end of quiet hours, for the next minute of a limited transport or for the digest is left.
    """
    known = ways() if open_ways is None else open_ways
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + 10 * LEASE)
    queued = Notice.objects.filter(free, state=NoticeState.QUEUED, due_at__lte=now)
    due = queued.exclude(known.held_back(now)).order_by("due_at", "id")
    taken = count_out(
        by=by, notices=list(due.select_for_update(of=("self",), skip_locked=True)[:most]), ways=known, now=now
    )
    _take(taken, by, now)
    return taken


def _take(taken: list[Notice], by: Actor, now: datetime) -> None:
    keys = [notice.pk for notice in taken]
    mine: dict[str, Any] = {"claimed_by": by.id, "claimed_until": now + LEASE, "tries": F("tries") + 1}
    Notice.objects.filter(pk__in=keys).update(**mine)
    # Whoever held it before went silent with it in hand: it may have left already.
    lost = [notice for notice in taken if notice.claimed_by]
    if lost:
        Notice.objects.filter(pk__in=[notice.pk for notice in lost]).update(is_maybe_twice=True)
    for notice in taken:
        notice.is_maybe_twice = notice.is_maybe_twice or bool(notice.claimed_by)
        notice.claimed_by, notice.tries = by.id, notice.tries + 1


def hold(*, by: Actor, now: datetime) -> int:
    """A sign of life: prolong what this worker has claimed."""
    return Notice.objects.filter(claimed_by=by.id, state=NoticeState.QUEUED).update(claimed_until=now + LEASE)


def release(*, by: Actor) -> int:
    """Give back what was claimed and not begun (the worker is asked to stop); it was no try."""
    mine = Notice.objects.filter(claimed_by=by.id, state=NoticeState.QUEUED)
    return mine.update(claimed_by="", claimed_until=None, tries=F("tries") - 1)


def mark_sent(*, notice: Notice, by: Actor, now: datetime) -> bool:
    """False when the claim was lost meanwhile: the notice may go out twice, under one key, and is marked."""
    mine = Notice.objects.filter(pk=notice.pk, claimed_by=by.id, state=NoticeState.QUEUED)
    change: dict[str, Any] = {"state": NoticeState.SENT, "sent_at": now, "error": ""}
    if mine.update(**change, claimed_by="", claimed_until=None):
        return True
    Notice.objects.filter(pk=notice.pk).update(is_maybe_twice=True)
    return False


@transaction.atomic
def mark_failed(
    *,
    notice: Notice,
    by: Actor,
    now: datetime,
    error: str,
    is_permanent: bool = False,
    is_unsure: bool = False,
) -> bool:
    """Plan the next try; when there is none the failure is final and stands in the journal.

    `is_unsure`: the gateway broke off after it had the message, so the next try may be a second sending.
    """
    again = None if is_permanent else next_try(notice.tries, now, spread=random.random())
    mine = Notice.objects.filter(pk=notice.pk, claimed_by=by.id, state=NoticeState.QUEUED)
    change: dict[str, Any] = {"error": error[:300], "claimed_by": "", "claimed_until": None}
    change |= {"due_at": again} if again else {"state": NoticeState.FAILED}
    change |= {"is_maybe_twice": True} if is_unsure else {}
    if not mine.update(**change):
        return False
    if again is None:
        data = {"event": notice.event, "to": notice.to, "transport": notice.transport, "tries": notice.tries}
        write(chain="notice", verb="notice.failed", by=by, data=data, at=now)
    return True


def put_off(*, notice: Notice, by: Actor, until: datetime, error: str) -> bool:
    """The gateway asks for patience: later, and it was no try."""
    mine = Notice.objects.filter(pk=notice.pk, claimed_by=by.id, state=NoticeState.QUEUED)
    change: dict[str, Any] = {"due_at": until, "error": error[:300], "claimed_by": "", "claimed_until": None}
    return bool(mine.update(**change, tries=F("tries") - 1))


def retry(*, notice: Notice, by: Actor, now: datetime | None = None) -> bool:
    """Put a notice that failed for good into the queue again: the gateway is back."""
    failed = Notice.objects.filter(pk=notice.pk, state=NoticeState.FAILED)
    return bool(failed.update(state=NoticeState.QUEUED, tries=0, due_at=now or timezone.now(), error=""))


@transaction.atomic
def resend(*, by: Actor, notices: Sequence[Notice], now: datetime | None = None) -> int:
    """Put dead letters into the queue again by hand; one entry in the journal names how many.

    One whose address was erased meanwhile stays dead.
    """
    sent = sum(retry(notice=one, by=by, now=now) for one in notices if bytes(one.key))
    if sent:
        data = {"count": sent, "events": [one.event for one in notices][:20]}
        write(chain="notice", verb="notice.resent", by=by, data=data)
    return sent


def cancel_queued(*, by: Actor) -> int:
    """Send nothing of what waits: it tells of a past (the demo's weeks, an import) that nobody waits for."""
    waiting = Notice.objects.filter(state=NoticeState.QUEUED, claimed_by="")
    return waiting.update(state=NoticeState.CANCELLED)


def forget(*, by: Actor, to: str) -> int:
    """Erase a person: what waits for them is cancelled, and the key to what was sent is destroyed."""
    theirs = Notice.objects.filter(to=to)
    theirs.filter(state=NoticeState.QUEUED).update(state=NoticeState.CANCELLED)
    return theirs.update(key=b"", address_sealed=b"", context_sealed=b"", error="")


def forget_old(*, by: Actor, now: datetime) -> int:
    """Destroy addresses and words of what is settled for longer than they are kept."""
    settled = free(Notice.objects.exclude(state=NoticeState.QUEUED)).exclude(key=b"")
    old = settled.filter(made_at__lt=now - KEPT)
    return old.update(key=b"", address_sealed=b"", context_sealed=b"", error="")  # errors quote addresses
