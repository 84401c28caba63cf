"""Partners and their keys: a key is shown once and stored as a keyed hash."""

from __future__ import annotations

import re
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.crypto import keyed_hash, sm3
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people.models import ApiKey, Partner
from mingbai.people.queries import KEY_HASH


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
def issue_key(*, by: Actor, partner: Partner) -> str:
    """Make a key and return it: the only time it can be read. Older keys stay good until revoked."""
    if not partner.is_active:
        raise Refused(_("协作单位已停用。"), code="partner_inactive")
    secret = f"mb_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        partner=partner, secret_hash=keyed_hash(secret, what=KEY_HASH), made_at=timezone.now()
    )
    journal.write(
        chain=f"partner:{partner.code}", verb="partner.key_issued", by=by, data={"key": str(key.pk)}
    )
    return secret


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
