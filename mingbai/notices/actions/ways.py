"""The transports' terms, and the count of what left in this minute."""

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.notices.models import Notice, Way
from mingbai.notices.queries import Ways
from mingbai.notices.rules import WAYS, Terms, allowance


@transaction.atomic
def set_way(*, by: Actor, transport: str, terms: Terms) -> Way:
    """Change what a transport may do. Raises Refused "unknown_transport", "bad_rate", "bad_time"."""
    if transport not in settings.NOTICE_TRANSPORTS:
        raise Refused(_("没有这个发送渠道。"), code="unknown_transport")
    if terms.per_minute is not None and not 1 <= terms.per_minute <= 100_000:
        raise Refused(_("每分钟最多发 1 到 100000 条。"), code="bad_rate", field="per_minute")
    if (terms.quiet_from is None) != (terms.quiet_to is None):
        raise Refused(_("安静时段要有起有止。"), code="bad_time", field="quiet_to")
    row = _row(transport)
    row.per_minute, row.quiet_from, row.quiet_to = terms.per_minute, terms.quiet_from, terms.quiet_to
    row.save()
    said = {name: str(getattr(terms, name) or "") for name in ("per_minute", "quiet_from", "quiet_to")}
    write(chain=f"way:{transport}", verb="way.set", by=by, data=said)
    return row


def _row(transport: str) -> Way:
    """The transport's row, held until the transaction ends."""
    terms = WAYS.get(transport, Terms())
    defaults = {
        "per_minute": terms.per_minute,
        "quiet_from": terms.quiet_from,
        "quiet_to": terms.quiet_to,
    }
    Way.objects.bulk_create([Way(transport=transport, **defaults)], ignore_conflicts=True)
    return Way.objects.select_for_update(of=("self",)).get(transport=transport)


def count_out(*, by: Actor, notices: list[Notice], ways: Ways, now: datetime) -> list[Notice]:
    """Those that may leave in this minute, counted; the caller's transaction holds the count.

    The row is read again under its lock: another worker may have filled the minute meanwhile.
    """
    wanted = Counter(notice.transport for notice in notices)
    for transport, number in wanted.items():
        if ways.left(transport, now) is None:
            continue
        row = _row(transport)
        terms = Terms(row.per_minute, row.quiet_from, row.quiet_to)
        left = allowance(terms, row.counted_from, row.counted, now) or 0
        if left == terms.per_minute:
            row.counted_from, row.counted = now, 0
        wanted[transport] = min(number, left)
        row.counted += wanted[transport]
        row.save(update_fields=["counted_from", "counted"])
    return [notice for notice in notices if _still(wanted, notice.transport)]


def _still(wanted: Counter[str], transport: str) -> bool:
    wanted[transport] -= 1
    return wanted[transport] >= 0
