"""Endpoints, their keys, what waits for them, and what partners call the states."""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.integrations.http import may_go_to
from mingbai.integrations.models import Delivery, Endpoint, EndpointKey, StateName
from mingbai.integrations.partners.enums import DeliveryState, HookEvent, OrderState, Way
from mingbai.journal.actions import write
from mingbai.journal.models import Entry
from mingbai.people.models import Partner


@dataclass(frozen=True, slots=True)
class EndpointTerms:
    """Where to send what: `events` of HookEvent, or a partner for the orders exchanged with it."""

    code: str
    name: str
    url: str
    events: tuple[str, ...] = ()
    partner: Partner | None = None
    way: str = Way.HOOK


@transaction.atomic
def make_endpoint(*, by: Actor, terms: EndpointTerms) -> Endpoint:
    """From now on: nothing of the past is sent. Raises Refused "bad_code", "bad_address", "bad_choice"."""
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", terms.code) or Endpoint.objects.filter(code=terms.code).exists():
        raise Refused(_("代码用小写字母、数字和横线，不能重复。"), code="bad_code", field="code")
    if any(event not in HookEvent.values for event in terms.events):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="events")
    events = [HookEvent.ORDER.value] if terms.partner else sorted(set(terms.events))
    if not events:
        raise Refused(_("请至少选一种事件。"), code="bad_choice", field="events")
    endpoint = Endpoint(code=terms.code, events=events, partner=terms.partner)
    endpoint.url, endpoint.way = _address(terms), terms.way
    endpoint.name = clean_text(terms.name, most=64, field="name")
    endpoint.cursor = Entry.objects.aggregate(last=Max("id"))["last"] or 0
    endpoint.save(force_insert=True)
    write(chain=f"endpoint:{terms.code}", verb="endpoint.made", by=by, data={"events": events})
    return endpoint


def _address(terms: EndpointTerms) -> str:
    """Sets may go as files: then there is none."""
    url = terms.url.strip()
    if terms.way not in Way.values or (terms.way == Way.SETS and terms.partner is None):
        raise Refused(_("成批交换要选协作单位。"), code="bad_choice", field="way")
    if terms.way == Way.SETS and not url:
        return ""
    if not may_go_to(url) or len(url) > 500:
        raise Refused(_("地址须以 https:// 开头。"), code="bad_address", field="url")
    return url


@transaction.atomic
def end_endpoint(*, by: Actor, endpoint: Endpoint) -> Endpoint:
    found: Endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    found.is_active = False
    found.save(update_fields=["is_active"])
    write(chain=f"endpoint:{found.code}", verb="endpoint.ended", by=by)
    return found


@transaction.atomic
def new_secret(*, by: Actor, endpoint: Endpoint) -> tuple[str, str]:
    """Make a signing key beside the old ones and return its name and secret: the only time it is shown."""
    row = EndpointKey(endpoint=endpoint, name=f"k{secrets.token_hex(4)}", made_at=timezone.now())
    row.secret = secret = f"whsec_{secrets.token_urlsafe(32)}"
    row.save(force_insert=True)
    write(chain=f"endpoint:{endpoint.code}", verb="endpoint.key_made", by=by, data={"key": row.name})
    return row.name, secret


@transaction.atomic
def retire_key(*, by: Actor, key: EndpointKey) -> EndpointKey:
    """Neither signs nor is accepted any more."""
    found: EndpointKey = EndpointKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if found.retired_at is None:
        found.retired_at = timezone.now()
        found.save(update_fields=["retired_at"])
        chain = f"endpoint:{found.endpoint.code}"
        write(chain=chain, verb="endpoint.key_retired", by=by, data={"key": found.name})
    return found


def queue(
    *, by: Actor, endpoint: Endpoint, source: str, event: str, about: str, body: dict[str, Any]
) -> Delivery:
    """Put a message into the endpoint's line, within the caller's transaction; its row is held for that."""
    held: Endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    held.last_seq += 1
    held.save(update_fields=["last_seq"])
    row = Delivery(endpoint=held, seq=held.last_seq, source=source, event=event, about=about)
    row.made_at = timezone.now()
    row.body = json.dumps({"event": event, **body}, ensure_ascii=False, default=str)
    row.save(force_insert=True)
    return row


@transaction.atomic
def resend(*, by: Actor, endpoint: Endpoint, deliveries: Sequence[Delivery] = ()) -> int:
    """What could not be delivered goes into the line again, in its old place; the waiting time is over."""
    keys = [one.pk for one in deliveries]
    failed = endpoint.deliveries.filter(state=DeliveryState.FAILED, pk__in=keys)
    again = failed.exclude(key=b"").update(state=DeliveryState.QUEUED, tries=0)
    Endpoint.objects.filter(pk=endpoint.pk).update(tries=0, next_at=None)
    write(chain=f"endpoint:{endpoint.code}", verb="endpoint.resent", by=by, data={"count": again})
    return again


@transaction.atomic
def set_state_name(*, by: Actor, partner: Partner, state: str, code: str, name: str = "") -> StateName | None:
    """What the partner calls this state; without a code the row goes."""
    if state not in OrderState.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="state")
    chain, said = f"partner:{partner.code}", {"state": state, "code": code}
    write(chain=chain, verb="partner.state_named", by=by, data=said)
    if not code.strip():
        StateName.objects.filter(partner=partner, state=state).delete()
        return None
    words = {"code": clean_text(code, most=32, field="code"), "name": name.strip()[:64]}
    row, _is_new = StateName.objects.update_or_create(partner=partner, state=state, defaults=words)
    return row
