"""Reading the history: one chain of it, its proof, and whether the database belongs to our key."""

from pathlib import Path

from mingbai.core.crypto import key_check
from mingbai.journal.models import Chain, Entry, KeyCheck
from mingbai.journal.proof import Report, prove


def history(chain: str) -> list[Entry]:
    """Every entry of one chain, oldest first."""
    return list(Entry.objects.filter(chain=chain).order_by("seq"))


def verify(*, exported: Path | None = None) -> Report:
    """Prove the whole history; with `exported` also against roots kept outside (see `export_seals`)."""
    return prove(exported)


def key_fits(master: bytes) -> bool:
    """True when the data was written with this master key; a database without history fits any."""
    stored = KeyCheck.objects.values_list("fingerprint", flat=True).first()
    if stored is None:
        return not Chain.objects.exists()
    return stored == key_check(master)
