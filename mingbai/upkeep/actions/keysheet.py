"""The sheet of the master key, to be printed twice for two safes."""

from __future__ import annotations

import zlib
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from mingbai.core.actor import Actor
from mingbai.core.crypto import key_check, keys_now
from mingbai.core.qr import qr_svg
from mingbai.journal.actions import write
from mingbai.upkeep.queries import CHAIN, PRINTED

_GROUPS_A_LINE = 4


@transaction.atomic
def key_sheet(*, by: Actor) -> str:
    """The page with the key in clear; that it was made stands in the journal, with the fingerprint alone."""
    fingerprint = key_check(keys_now().master)
    write(chain=CHAIN, verb=PRINTED, by=by, data={"fingerprint": fingerprint})
    secret = keys_now().master.hex()
    return render_to_string(
        "upkeep/key_sheet.html",
        {
            "copies": (1, 2),
            "lines": _lines(secret),
            "fingerprint": fingerprint,
            "made": timezone.localdate(),
            "qr": qr_svg(secret, label=fingerprint),
            # Our own file, not a text of anybody's.
            "style": mark_safe((Path(settings.BASE_DIR) / "static/css/key-sheet.css").read_text()),
        },
    )


def _lines(secret: str) -> list[dict[str, object]]:
    """Lines of four groups of four, each with two digits that a slip of the pen changes."""
    groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    lines = [groups[at : at + _GROUPS_A_LINE] for at in range(0, len(groups), _GROUPS_A_LINE)]
    return [{"groups": line, "check": f"{zlib.crc32(''.join(line).encode()) % 100:02d}"} for line in lines]
