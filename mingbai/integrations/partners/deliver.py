"""Sends what waits for the endpoints: in order, signed, again until it arrived; one that blocks is set aside.

An endpoint that is away holds its own line and nobody else's. It has a message when it answers 2xx with a
JSON object that names the delivery back: {"received": "<id>"}; a 200 with nonsense is no receipt.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError
from django.utils import timezone

from mingbai.integrations.http import Answer, post
from mingbai.integrations.models import Delivery, Endpoint
from mingbai.integrations.partners.enums import DeliveryState, Way
from mingbai.integrations.partners.queries import good_secrets
from mingbai.integrations.partners.signing import headers
from mingbai.notices.transports import Undeliverable, Unsure

log = structlog.get_logger(__name__)
Send = Callable[[str, bytes, Mapping[str, str]], Answer]
AT_ONCE = 50
MOST_REFUSALS = 5
"""After so many 4xx answers in a row a message is set aside as failed: it is the message, not the line."""
_LONGEST = timedelta(minutes=10)
_ROUND = 15.0
"""Seconds for one endpoint in one round: the worker has other things to do."""
_CONFLICT, _GONE_WRONG = 409, frozenset({400, 404, 405, 410, 413, 415, 422})


def deliver_all(now: datetime, *, send: Send = post) -> int:
    """Return how many arrived."""
    waiting = Endpoint.objects.live().filter(way=Way.HOOK, deliveries__state=DeliveryState.QUEUED)
    return sum(
        _alone(endpoint, now, send)
        for endpoint in waiting.distinct().order_by("id")
        if endpoint.next_at is None or endpoint.next_at <= now
    )


def _alone(endpoint: Endpoint, now: datetime, send: Send) -> int:
    """What goes wrong with one endpoint stays with it."""
    try:
        return _deliver(endpoint, now, send)
    except DatabaseError:
        raise
    except Exception as error:  # nobody else's line waits for it
        log.exception("endpoint.broken", endpoint=endpoint.code)
        Endpoint.objects.filter(pk=endpoint.pk).update(error=type(error).__name__, next_at=now + _LONGEST)
        return 0


def _deliver(endpoint: Endpoint, now: datetime, send: Send) -> int:
    secrets = good_secrets(endpoint)
    if not secrets:
        Endpoint.objects.filter(pk=endpoint.pk).update(error="no signing key", next_at=now + _LONGEST)
        return 0
    name = list(secrets)[-1]
    waiting = endpoint.deliveries.filter(state=DeliveryState.QUEUED).order_by("seq")[:AT_ONCE]
    done, begun = 0, time.monotonic()
    for row in waiting:
        if time.monotonic() - begun > _ROUND or not _one(endpoint, row, (name, secrets[name]), send, now):
            break
        done += 1
    return done


def _one(endpoint: Endpoint, row: Delivery, key: tuple[str, str], send: Send, now: datetime) -> bool:
    """True when the line may go on."""
    body, number = row.body.encode(), f"{endpoint.code}-{row.seq}"
    status, error = 0, ""
    try:
        answer = send(endpoint.url, body, headers(*key, int(time.time()), body, number))
        status = answer.status
        said = answer.json()
        if 200 <= status < 300 and isinstance(said, dict) and said.get("received") == number:
            return _settled(endpoint, row, DeliveryState.SENT, status, "")
        error = f"HTTP {status}" if status >= 300 else "no receipt in the answer"
    except (OSError, Unsure, Undeliverable) as broken:
        error = f"{type(broken).__name__}: {broken}"
    if status == _CONFLICT:
        return _settled(endpoint, row, DeliveryState.REFUSED, status, error)
    if status in _GONE_WRONG and row.tries + 1 >= MOST_REFUSALS:
        return _settled(endpoint, row, DeliveryState.FAILED, status, error)
    _wait(endpoint, row, status, error, now)
    return False


def _settled(endpoint: Endpoint, row: Delivery, state: DeliveryState, status: int, error: str) -> bool:
    Delivery.objects.filter(pk=row.pk).update(
        state=state, status=status, error=error[:300], sent_at=timezone.now(), tries=row.tries + 1
    )
    if endpoint.tries or endpoint.next_at:
        endpoint.tries, endpoint.next_at = 0, None
        Endpoint.objects.filter(pk=endpoint.pk).update(tries=0, next_at=None, error="")
    return True


def _wait(endpoint: Endpoint, row: Delivery, status: int, error: str, now: datetime) -> None:
    log.warning("endpoint.away", endpoint=endpoint.code, seq=row.seq, error=error)
    Delivery.objects.filter(pk=row.pk).update(
        tries=min(row.tries + 1, 30_000), status=status or None, error=error[:300]
    )
    delay = min(timedelta(seconds=5) * 2 ** min(endpoint.tries, 10), _LONGEST)
    Endpoint.objects.filter(pk=endpoint.pk).update(
        tries=min(endpoint.tries + 1, 30_000), next_at=now + delay, error=error[:300]
    )


def forget_old(now: datetime) -> int:
    """Destroy the bodies of what was settled 90 days ago, or waits for somebody who hears no more."""
    old = Delivery.objects.filter(made_at__lt=now - timedelta(days=90)).exclude(key=b"")
    queued = old.filter(state=DeliveryState.QUEUED).exclude(endpoint__in=Endpoint.objects.live())
    gone = queued.update(state=DeliveryState.FAILED, key=b"", body_sealed=b"")
    return gone + old.exclude(state=DeliveryState.QUEUED).update(key=b"", body_sealed=b"")


def forget_about(chain: str) -> int:
    """The matter is erased: what was told of it goes too; what still waits goes when it was told."""
    told = Delivery.objects.filter(about=chain).exclude(state=DeliveryState.QUEUED)
    return told.update(key=b"", body_sealed=b"")
