"""Writing the history: append an entry to a chain, seal the chains that moved."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.journal.models import Chain, Entry, Seal
from mingbai.journal.rules import canonical, entry_hash, instant, seal_root


def write(
    *,
    chain: str,
    verb: str,
    by: Actor,
    place: str = "",
    data: dict[str, Any] | None = None,
    sealed: bytes = b"",
    at: datetime | None = None,
    is_new: bool = False,
) -> Entry:
    """Append one entry. Call it inside the transaction of the change; `is_new` says the chain cannot exist yet.

    `data` must hold no personal values: those go into `sealed`, encrypted under the resident's or case's key.
    """
    at = at or timezone.now()
    head = None if is_new else Chain.objects.select_for_update(of=("self",)).filter(name=chain).first()
    entry = Entry(
        chain=chain,
        seq=head.seq + 1 if head else 1,
        at=at,
        actor=by.code,
        actor_name=by.name,
        verb=verb,
        place=place,
        data=canonical(data or {}),
        sealed=sealed,
        prev=head.hash if head else "",
    )
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    if head:
        Chain.objects.filter(name=chain).update(seq=entry.seq, hash=entry.hash, unsealed=True)
    else:
        Chain.objects.bulk_create([Chain(name=chain, seq=entry.seq, hash=entry.hash)])
    return entry


def hash_of(entry: Entry) -> str:
    """The hash an entry ought to have, from its stored fields."""
    fields = {
        "chain": entry.chain,
        "seq": entry.seq,
        "at": instant(entry.at),
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "verb": entry.verb,
        "place": entry.place,
        "data": entry.data,
    }
    return entry_hash(entry.prev, fields, bytes(entry.sealed))


@transaction.atomic
def seal(*, by: Actor, now: datetime | None = None) -> Seal | None:
    """Chain a root over the heads of all chains that moved since the last seal; None when nothing moved."""
    now = now or timezone.now()
    moved = list(Chain.objects.select_for_update(of=("self",)).filter(unsealed=True).order_by("name"))
    if not moved:
        return None
    leaves = [(chain.name, chain.seq, chain.hash) for chain in moved]
    last = Seal.objects.order_by("-id").first()
    prev = last.root if last else ""
    made = Seal.objects.create(
        at=now,
        leaves=canonical([list(leaf) for leaf in leaves]),
        count=len(leaves),
        prev=prev,
        root=seal_root(prev, now, leaves),
    )
    Chain.objects.filter(name__in=[chain.name for chain in moved]).update(unsealed=False)
    return made
