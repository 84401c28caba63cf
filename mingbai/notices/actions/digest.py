"""The digest: what need not disturb anybody one by one is told once a day in one message."""

import json
from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mingbai.core.actor import Actor
from mingbai.notices.actions.outbox import notify
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice
from mingbai.notices.queries import gathered_templates
from mingbai.notices.transports import words_of

MOST_LINES = 30


@transaction.atomic
def gather(*, by: Actor, now: datetime) -> int:
    """Put what waits for the digest into one notice a person and transport; return how many were made.

    Run again it finds nothing: what was gathered is no longer queued.
    """
    waiting = Notice.objects.filter(
        Q(claimed_by=""), state=NoticeState.QUEUED, due_at__lte=now, template__in=gathered_templates()
    )
    heaps: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in waiting.select_for_update(of=("self",), skip_locked=True).order_by("made_at", "id"):
        heaps[notice.to, notice.transport].append(notice)
    for heap in heaps.values():
        _gather_one(heap, by)
    return len(heaps)


def _gather_one(heap: list[Notice], by: Actor) -> None:
    first, last = heap[0], heap[-1]
    said = [words_of(one) for one in heap[:MOST_LINES]]
    event = f"digest:{first.pk}"
    notify(
        by=by,
        event=event,
        to=first.to,
        transport=first.transport,
        template="digest",
        address=last.address,  # where they want it now
        context={
            "count": len(heap),
            "lines": [f"{words.subject}：{' '.join(words.body.split())}" for words in said],
            "more": max(0, len(heap) - MOST_LINES),
            "language": json.loads(last.context or "{}").get("language", "zh-hans"),
        },
    )
    digest = Notice.objects.get(event=event, to=first.to, transport=first.transport)
    keys = [one.pk for one in heap]
    Notice.objects.filter(pk__in=keys).update(state=NoticeState.GATHERED, gathered_in=digest)
