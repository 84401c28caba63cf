"""What happens in the house becomes messages: the journal is read on from each endpoint's cursor.

The cursor and the messages are written together, so each change is told once. On PostgreSQL ids may become
visible out of order, so a window of earlier ids is read again; `source` tells what was told already.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localtime

from mingbai.cases.enums import MessageKind
from mingbai.cases.models import Case, Message
from mingbai.core.actor import SYSTEM
from mingbai.integrations.models import Endpoint, Order, WeChatMessage
from mingbai.integrations.partners.actions import queue, say
from mingbai.integrations.partners.enums import Direction, HookEvent, OrderState, Verb
from mingbai.journal.models import Entry
from mingbai.notices.actions import notify

LOOK_BACK = 500
MOST = 1000
_STATE_VERBS = frozenset(
    f"case.{verb}"
    for verb in (
        "taken_up accepted started asked supplemented answered guided refused closed withdrawn reopened"
        " redone converted merged unmerged assigned"
    ).split()
)
_HOOKS = {"case.opened": HookEvent.CREATED, "case.rated": HookEvent.RATED} | dict.fromkeys(
    _STATE_VERBS, HookEvent.STATE
)
_ORDER_VERBS = {
    "case.taken_up": Verb.ACCEPT,
    "case.accepted": Verb.ACCEPT,
    "case.assigned": Verb.ACCEPT,
    "case.started": Verb.PROGRESS,
    "case.asked": Verb.PROGRESS,
    "case.handed_over": Verb.PROGRESS,
    "case.answered": Verb.ANSWER,
    "case.guided": Verb.ANSWER,
    "case.refused": Verb.DECLINE,
}
_WITH_WORDS = frozenset({Verb.ANSWER, Verb.DECLINE})


def read_on(now: Any = None) -> int:
    """Read the journal for every endpoint that is in use; return how many entries became messages."""
    return sum(_for(endpoint.pk) for endpoint in Endpoint.objects.live().order_by("id"))


@transaction.atomic
def _for(key: int) -> int:
    endpoint = Endpoint.objects.select_for_update(of=("self",)).select_related("partner").get(pk=key)
    back = LOOK_BACK if connection.vendor == "postgresql" else 0
    wanted = _ORDER_VERBS if endpoint.partner_id else _HOOKS
    found = Entry.objects.filter(id__gt=endpoint.cursor - back, verb__in=list(wanted)).order_by("id")
    entries = list(found[:MOST])
    sources = {f"entry:{entry.pk}" for entry in entries}
    told = set(endpoint.deliveries.filter(source__in=sources).values_list("source", flat=True))
    fresh = [entry for entry in entries if f"entry:{entry.pk}" not in told]
    done = _orders(endpoint, fresh) if endpoint.partner_id else _hooks(endpoint, fresh)
    if entries:
        Endpoint.objects.filter(pk=key).update(cursor=max(endpoint.cursor, entries[-1].pk))
    return done


def _hooks(endpoint: Endpoint, entries: Iterable[Entry]) -> int:
    """No names and no words: the number, where, and what it is now."""
    done = 0
    for entry in entries:
        event = _HOOKS[entry.verb]
        if event not in endpoint.events:
            continue
        data = json.loads(entry.data)
        body = {
            "number": entry.chain.removeprefix("case:"),
            "verb": entry.verb,
            "station": entry.place,
            "at": localtime(entry.at).isoformat(),
            **{name: data[name] for name in ("state", "to", "kind", "channel", "grade") if name in data},
        }
        queue(
            by=SYSTEM,
            endpoint=endpoint,
            source=f"entry:{entry.pk}",
            event=event.value,
            about=entry.chain,
            body=body,
        )
        done += 1
    return done


def _orders(endpoint: Endpoint, entries: list[Entry]) -> int:
    numbers = {entry.chain.removeprefix("case:") for entry in entries}
    orders = {
        order.case.chain: order
        for order in Order.objects.filter(
            partner=endpoint.partner_id, direction=Direction.IN, case__number__in=numbers
        ).select_related("case")
    }
    return sum(_tell(orders[entry.chain], entry) for entry in entries if entry.chain in orders)


def _tell(order: Order, entry: Entry) -> bool:
    """An answer says first that the order was taken up, where that was not said yet."""
    order.refresh_from_db()
    verb, source = _ORDER_VERBS[entry.verb], f"entry:{entry.pk}"
    text = _words(order.case, entry) if verb in _WITH_WORDS else ""
    if verb == Verb.DECLINE and order.handler != OrderState.OFFERED:
        verb = Verb.ANSWER  # taken up already: the refusal is what they can tell the resident
    if verb in (Verb.ANSWER, Verb.PROGRESS) and order.handler == OrderState.OFFERED:
        say(by=SYSTEM, order=order, verb=Verb.ACCEPT, source=f"{source}:accept")
    return say(by=SYSTEM, order=order, verb=verb, source=source, text=text)


def _words(case: Case, entry: Entry) -> str:
    """The answer that this entry is about."""
    number = json.loads(entry.data).get("message")
    said = Message.objects.filter(case=case, kind=MessageKind.ANSWER)
    chosen = said.filter(pk=number).first() if number else said.order_by("-at", "-id").first()
    return chosen.text if chosen else ""


def tell_followers(now: Any = None) -> int:
    """Matters that came on WeChat without a phone: that there is an answer goes back to the account."""
    waiting = (
        Case.objects.filter(
            wechat_messages__isnull=False, answered_at__isnull=False, told_at=None, closed_at=None
        )
        .distinct()
        .order_by("id")[:MOST]
    )
    return sum(_tell_follower(case) for case in waiting)


def _tell_follower(case: Case) -> bool:
    if case.speaker is not None and case.speaker.phone:
        return False  # told by phone, or through it
    message = WeChatMessage.objects.filter(case=case).select_related("follower").order_by("id").first()
    assert message is not None and case.answered_at is not None
    if not message.follower.key:
        return False  # forgotten: nobody can be told
    return (
        notify(
            by=SYSTEM,
            event=f"case:{case.number}:answered:{case.answered_at:%Y%m%d%H%M%S}",
            to=f"wechat:{message.follower.pk}",
            transport="wechat",
            template="case_answered_code",
            about=case.chain,
            address=message.follower.openid,
            context={"number": str(case)},
        )
        is not None
    )
