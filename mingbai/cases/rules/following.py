"""Wrong tries at a number, what was typed, and who may hear the answer: pure."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from mingbai.cases.enums import MayBeTold

MOST_TRIES = 5
LOCKED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """How many wrong tries, the last of them when, and until when none is taken."""

    count: int
    last_at: datetime
    until: datetime | None = None


def next_try(before: Tries, now: datetime, *, right: bool) -> tuple[Tries, bool]:
    """The tries after one more, and whether it was refused for a lock that holds (right or wrong).

    A machine's clock that was set back does not keep a number locked for longer than two hours.
    """
    if before.until and now < before.until <= now + 2 * LOCKED_FOR:
        return before, True
    if right:
        return Tries(0, now), False
    # Two tries at once may come in the other order than they began: only an hour either way is over.
    over = before.until is not None or abs(now - before.last_at) > LOCKED_FOR
    count = 1 if over else before.count + 1
    return Tries(count, now, now + LOCKED_FOR if count >= MOST_TRIES else None), False


def may_hear(may_be_told: str, role: str, *, same_person: bool) -> bool:
    """True when who followed as `role` may read the answer; others see only where the matter stands.

    The follow code was handed to the speaker.
    """
    if same_person or may_be_told == MayBeTold.BOTH:
        return True
    return (may_be_told == MayBeTold.PARTY) == (role == "party")


def four_digits(secret: str) -> str:
    """The four digits that were typed; for anything else "", which is nobody's secret."""
    plain = "".join(unicodedata.normalize("NFKC", str(secret or "")[:20]).split())
    return plain if len(plain) == 4 and plain.isascii() and plain.isdigit() else ""
