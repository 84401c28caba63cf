"""A party on line: how long a pass opens, how often one is sent, who may sign with a code: pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.mediation.enums import NotOnLine, PartyKind

VALID = timedelta(days=180)
"""How long a pass opens; whoever needs it longer is invited again."""
MOST_INVITED = 3
"""How often somebody is invited on one day: an invitation is no means of pressure."""
CODE_HOLDS = timedelta(minutes=10)
MOST_CODES = 5
"""How many codes for signing are sent on one day."""
MOST_TRIES = 5
"""How many wrong digits one code bears."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What decides whether somebody signs on line."""

    kind: str
    has_mobile: bool
    has_guardian: bool = False
    has_agent: bool = False
    has_signed: bool = False


def stands_against(signer: Signer, *, on_paper: bool, is_allowed: bool) -> str:
    """Why this person signs on paper ("" where a code will do), the law's reason first.

    电子签名法 Art. 3: not for marriage, adoption, inheritance; else as the parties agree. Art. 13: what is
    signed with is the signer's alone, which a code to somebody else's or no telephone is not.
    """
    reasons = (
        (NotOnLine.SIGNED, signer.has_signed),
        (NotOnLine.FAMILY, on_paper),
        (NotOnLine.OFFICE, not is_allowed),
        (NotOnLine.ORGANISATION, signer.kind != PartyKind.PERSON),
        (NotOnLine.OTHERS, signer.has_guardian or signer.has_agent),
        (NotOnLine.NO_MOBILE, not signer.has_mobile),
    )
    return next((code for code, holds in reasons if holds), "")


def refuse_too_often(made: Collection[date], today: date) -> None:
    """Raises Refused "too_many" when somebody was invited often enough on that day."""
    if sum(day == today for day in made) >= MOST_INVITED:
        raise Refused(
            _("今天已经邀请过 %(n)d 次了，明天再试，或者打电话。") % {"n": MOST_INVITED}, code="too_many"
        )


def codes_sent(sent: int, last: datetime | None, now: datetime) -> int:
    """How many codes count for today: a day after the last one it begins anew."""
    return 0 if last is None or abs(now - last) >= timedelta(days=1) else sent


def code_holds(made: datetime | None, tries: int, now: datetime) -> bool:
    """Whether a code still opens; a clock that was set back makes none hold for longer."""
    return made is not None and tries < MOST_TRIES and made - CODE_HOLDS < now < made + CODE_HOLDS
