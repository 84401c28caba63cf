"""The master key is exchanged while the house works: the new key writes at once, the old one still reads.

What the data is sealed under are keys of rows; the master wraps those, and hashes what must be found again.
So an exchange wraps and hashes anew and leaves the sealed values as they are (docs/adr/0039).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from mingbai.core.actor import Actor
from mingbai.core.crypto import box_seed, hash_subkey, key_check, keys_now
from mingbai.core.keyfile import MASTER_BYTES, Keys, write_keys
from mingbai.core.refused import Refused
from mingbai.journal.actions import note_key
from mingbai.journal.models import KeyCheck
from mingbai.upkeep.queries import CHAIN, SWITCHED, Standing, standing
from mingbai.upkeep.rewrapping import Tally, rewrap_all

FINISHED = "key.finished"
READ_ON = timedelta(hours=24)
"""How long the old key still reads: sessions and links signed under it have ended by then (12 hours)."""
_MOST_ROUNDS = 5

Progress = Callable[[str, Tally], None]


def prepare(*, by: Actor) -> Standing:
    """Make the next key, which every machine may read before the first one writes with it.

    Only for a house of several machines: both files are then copied to all. Raises Refused "no_key_file",
    "under_way".
    """
    path, keys = _path(), keys_now()
    if keys.older:
        raise Refused("上一次换钥还没有收尾。", code="under_way", do="先 rotate_key --finish。")
    if not keys.coming:
        coming = (secrets.token_bytes(MASTER_BYTES),)
        write_keys(path, Keys(keys.master, (), keys.hashing, coming, keys.boxes))
    return standing()


def rotate(*, by: Actor, progress: Progress = lambda name, tally: None) -> list[str]:
    """Write with the new key from now on, then bring all rows to it; after a kill the same call goes on.

    Returns the rows that no key opens (they were damaged before). Raises Refused "no_key_file".
    """
    path, keys = _path(), keys_now()
    if not keys.older:
        new = keys.coming[0] if keys.coming else secrets.token_bytes(MASTER_BYTES)
        write_keys(path, Keys(new, (keys.master,), keys.hashing, boxes=keys.boxes))
    _note_switch(by)
    return _rounds(progress, thorough=False)


def _note_switch(by: Actor) -> None:
    ours = key_check(keys_now().master)
    if KeyCheck.objects.exclude(fingerprint=ours).exists():
        older = [key_check(one) for one in keys_now().older]
        note_key(by=by, chain=CHAIN, verb=SWITCHED, data={"fingerprint": ours, "older": older})


def _rounds(progress: Progress, *, thorough: bool) -> list[str]:
    """Until a whole round finds nothing old: what was read before the change may have been written after."""
    for _round in range(_MOST_ROUNDS):
        last: dict[str, tuple[int, list[str]]] = {}
        for name, tally in rewrap_all(thorough=thorough):
            last[name] = (tally.changed, tally.damaged)
            progress(name, tally)
        if not any(changed for changed, _damaged in last.values()):
            break
    else:
        raise Refused("换了几遍，还有用旧密钥写进来的数据。", code="still_old", do="过几分钟再做一次。")
    return [row for _changed, damaged in last.values() for row in damaged]


def finish(
    *, by: Actor, now: datetime, at_once: bool = False, progress: Progress = lambda name, tally: None
) -> list[str]:
    """Let go of the old key: look at every row once more, then keep only its subkey of hashes.

    That subkey recognises secrets which nobody keeps in clear (interface keys, slips, rows of ledgers) and
    opens nothing. Raises Refused "nothing_to_finish", "too_soon", "still_old", "no_key_file".
    """
    path, keys, at = _path(), keys_now(), standing().since
    if not keys.older:
        raise Refused("没有要收尾的换钥。", code="nothing_to_finish")
    if not at_once and (at is None or now - at < READ_ON):
        raise Refused(
            "新密钥启用还不到一天，旧密钥签发的登录和链接还在用。",
            code="too_soon",
            do="一天以后再收尾；中间重启一次服务。急着收尾加 --now：所有人要重新登录。",
        )
    _note_switch(by)
    damaged = _rounds(progress, thorough=True)
    hashing = (*keys.hashing, *(hash_subkey(one) for one in keys.older))
    boxes = (*keys.boxes, *(box_seed(one) for one in keys.older))
    write_keys(path, Keys(keys.master, hashing=hashing, boxes=boxes))
    data = {"gone": [key_check(one) for one in keys.older], "damaged": len(damaged)}
    note_key(by=by, chain=CHAIN, verb=FINISHED, data=data)
    return damaged


def _path() -> Path:
    path: Path | None = settings.MINGBAI_KEY_PATH
    if path is None:
        raise Refused(
            "主密钥写在环境变量里，不能在运行中更换。",
            code="no_key_file",
            do="把它放进文件（0600），改用 MINGBAI_KEY_FILE，重启一次，再换。",
        )
    return path
