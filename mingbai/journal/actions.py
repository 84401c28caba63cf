"""Writing the history: append an entry to a chain, seal the chains that moved, claim the data for our key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.crypto import key_check, keys_now
from mingbai.journal.models import CHAIN_LENGTH, Chain, Entry, KeyCheck, Seal
from mingbai.journal.rules import LEAVES_PER_SEAL, canonical, entry_hash, fields_of, seal_root


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
    """Append one entry, inside the transaction of the change; `is_new`: the chain cannot exist yet.

    `data` must hold no personal values: those go into `sealed`, encrypted under the resident's or case's key.
    """
    _refuse_misuse(chain)
    head = None if is_new else _locked_head(chain)
    entry = _entry(chain, head, verb, by, place, at or timezone.now(), data, sealed)
    entry.save(force_insert=True)
    if head:
        _move(entry)
    else:
        Chain.objects.bulk_create([Chain(name=chain, seq=entry.seq, hash=entry.hash)])
    return entry


def write_row(
    *, chain: str, by: Actor, place: str, at: datetime, told: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    """Append the entries of one change in their order, each (verb, data): the head is read and moved once."""
    _refuse_misuse(chain)
    head: Chain | Entry = _locked_head(chain)
    entries = [head := _entry(chain, head, verb, by, place, at, data) for verb, data in told]
    Entry.objects.bulk_create(entries)
    _move(entries[-1])


def _refuse_misuse(chain: str) -> None:
    if len(chain) > CHAIN_LENGTH:
        # SQLite would keep it and PostgreSQL refuse it: say no on both.
        raise ValueError(f"the chain name {chain!r} is longer than {CHAIN_LENGTH}")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs to the transaction of its change")


def _entry(
    chain: str,
    head: Chain | Entry | None,
    verb: str,
    by: Actor,
    place: str,
    at: datetime,
    data: dict[str, Any] | None,
    sealed: bytes = b"",
) -> Entry:
    """The entry that follows the head, not saved."""
    entry = Entry(
        chain=chain,
        seq=head.seq + 1 if head else 1,
        at=at,
        actor=by.code,
        actor_name=by.name[:64],
        verb=verb,
        place=place,
        data=canonical(data or {}),
        sealed=sealed,
        prev=head.hash if head else "",
    )
    entry.hash = entry_hash(entry.prev, fields_of(entry), bytes(sealed))
    return entry


def _move(last: Entry) -> None:
    Chain.objects.filter(name=last.chain).update(seq=last.seq, hash=last.hash, unsealed=True)


def _locked_head(name: str) -> Chain:
    """The chain's row, locked. Two first writers of one chain meet here, not at a unique constraint."""
    locked = Chain.objects.select_for_update(of=("self",)).filter(name=name)
    for head in locked:  # one, or none: `first` would sort it
        return head
    Chain.objects.bulk_create([Chain(name=name, seq=0, hash="")], ignore_conflicts=True)
    return locked.get()


@transaction.atomic
def seal(*, by: Actor, now: datetime | None = None) -> Seal | None:
    """Chain a root over the heads of the chains that moved (at most 5,000); None when nothing did.

    A chain that somebody is writing to just now is skipped, never waited for: it is sealed next time.
    """
    now = now or timezone.now()
    moved = Chain.objects.select_for_update(of=("self",), skip_locked=True).filter(unsealed=True)
    leaves = [(chain.name, chain.seq, chain.hash) for chain in moved.order_by("name")[:LEAVES_PER_SEAL]]
    if not leaves:
        return None
    last = Seal.objects.order_by("-id").values_list("root", flat=True).first() or ""
    made = Seal.objects.create(
        at=now,
        leaves=canonical([list(leaf) for leaf in leaves]),
        count=len(leaves),
        prev=last,
        root=seal_root(last, now, leaves),
    )
    Chain.objects.filter(name__in=[name for name, _seq, _hash in leaves]).update(unsealed=False)
    return made


def seal_all(*, by: Actor, now: datetime | None = None) -> int:
    """Seal until nothing that moved is left; return how many chains were sealed.

    Of two sealers at once the second finds the place after the last seal taken, and begins again.
    """
    sealed, collisions = 0, 0
    while True:
        try:
            made = seal(by=by, now=now)
        except IntegrityError:
            collisions += 1
            if collisions > 5:
                raise
            continue
        sealed += made.count if made else 0
        if made is None or made.count < LEAVES_PER_SEAL:
            return sealed


@transaction.atomic
def note_key(*, by: Actor, chain: str, verb: str, data: dict[str, Any]) -> None:
    """The data belongs to the master key that writes now: an exchange says so, with an entry in its chain."""
    KeyCheck.objects.filter(id=1).update(fingerprint=key_check(keys_now().master), made_at=timezone.now())
    write(chain=chain, verb=verb, by=by, data=data)


def claim_key(*, by: Actor) -> KeyCheck:
    """Note the fingerprint of our key beside the first data; another one's note stays as it is."""
    ours = {"fingerprint": key_check(keys_now().master), "made_at": timezone.now()}
    noted, _made = KeyCheck.objects.get_or_create(id=1, defaults=ours)
    return noted
