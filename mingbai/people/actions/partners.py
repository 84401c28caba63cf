"""Partners and their keys: a key is shown once and stored as a keyed hash."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.crypto import keyed_hash, sm3
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people.enums import KeyScope, all_scopes
from mingbai.people.models import ApiKey, Partner
from mingbai.people.queries import KEY_HASH

MOST_A_MINUTE = 100_000


@transaction.atomic
def make_partner(*, by: Actor, name: str, code: str = "") -> Partner:
    """Enter another system; without a code its name serves where it is plain letters and digits.

    The same code again gives the same partner.
    """
    name = clean_text(name, most=64, field="name")
    code = code or _code_for(name)
    if not re.fullmatch(r"[a-z0-9_-]{1,32}", code):
        raise Refused(_("代码只用小写字母、数字和横线。"), code="bad_code", field="code")
    partner, is_new = Partner.objects.get_or_create(code=code, defaults={"name": name})
    if is_new:
        journal.write(chain=f"partner:{code}", verb="partner.made", by=by)
    return partner


@transaction.atomic
def issue_key(*, by: Actor, partner: Partner, scopes: Sequence[str] = (), a_minute: int = 0) -> str:
    """Make a key and return it: the only time it can be read. Older keys stay good until revoked.

    `scopes`: of KeyScope, all where none is named; `a_minute`: requests a minute, 0 for as many as come.
    """
    if not partner.is_active:
        raise Refused(_("协作单位已停用。"), code="partner_inactive")
    if any(scope not in KeyScope.values for scope in scopes) or not 0 <= a_minute <= MOST_A_MINUTE:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="scopes")
    secret = f"mb_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        partner=partner,
        secret_hash=keyed_hash(secret, what=KEY_HASH),
        made_at=timezone.now(),
        scopes=sorted(set(scopes)) or all_scopes(),
        a_minute=a_minute,
    )
    told = {"key": str(key.pk), "scopes": key.scopes, "a_minute": a_minute}
    journal.write(chain=f"partner:{partner.code}", verb="partner.key_issued", by=by, data=told)
    return secret


def count_call(*, by: Actor, key: ApiKey, now: datetime) -> bool:
    """Count a request under its key; False when the minute is full. Exact with several servers at work: each
    step is one statement, and the row is the counter. A key without a limit costs nothing."""
    if not key.a_minute:
        return True
    minute = now.replace(second=0, microsecond=0)
    row = ApiKey.objects.filter(pk=key.pk)
    within = row.filter(counted_from=minute, counted__lt=key.a_minute)
    if within.update(counted=F("counted") + 1):
        return True
    others = row.filter(Q(counted_from=None) | ~Q(counted_from=minute))
    if others.update(counted_from=minute, counted=1):
        return True
    return bool(within.update(counted=F("counted") + 1))


@transaction.atomic
def revoke_key(*, by: Actor, key: ApiKey) -> ApiKey:
    """End a key at once; a second time changes nothing."""
    found: ApiKey = ApiKey.objects.select_for_update(of=("self",)).select_related("partner").get(pk=key.pk)
    if found.revoked_at is None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        chain = f"partner:{found.partner.code}"
        journal.write(chain=chain, verb="partner.key_revoked", by=by, data={"key": str(found.pk)})
    return found


@transaction.atomic
def deactivate_partner(*, by: Actor, partner: Partner) -> Partner:
    """Shut a partner out with all its keys; its matters stay."""
    found: Partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    found.is_active = False
    found.save(update_fields=["is_active"])
    journal.write(chain=f"partner:{found.code}", verb="partner.deactivated", by=by)
    return found


def _code_for(name: str) -> str:
    plain = name.lower()
    return plain if re.fullmatch(r"[a-z0-9_-]{1,32}", plain) else f"p-{sm3(name.encode())[:10]}"
