"""Reading the history: one chain of it, its proof, and whether the database belongs to our key."""

from pathlib import Path

from mingbai.core.crypto import key_check, keys_now
from mingbai.journal.models import Chain, Entry, KeyCheck
from mingbai.journal.proof import Report, prove


def history(chain: str) -> list[Entry]:
    """Every entry of one chain, oldest first."""
    return list(Entry.objects.filter(chain=chain).order_by("seq"))


def verify(*, exported: Path | None = None) -> Report:
    """Prove the whole history; with `exported` also against roots kept outside (see `export_seals`)."""
    return prove(exported)


def key_fits(master: bytes) -> bool:
    """True when the data was written with this master key, or with one that we still read while the key is
    exchanged; a database without history fits any."""
    stored = KeyCheck.objects.values_list("fingerprint", flat=True).first()
    if stored is None:
        return not Chain.objects.exists()
    if stored == key_check(master):
        return True
    now = keys_now()
    # A process from before the exchange asks with the key of its start.
    ours = master in (now.master, *now.reading)
    return ours and stored in {key_check(one) for one in (now.master, *now.reading)}
