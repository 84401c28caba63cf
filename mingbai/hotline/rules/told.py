"""What a call must be to be believed; pure."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused


@dataclass(frozen=True, slots=True)
class Told:
    """A call as somebody else wrote it down, `region` its code; times are aware; `text` is the question."""

    region: str
    offered_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    seat: str = ""
    kind: str = "consultation"
    phone: str = field(default="", repr=False)
    text: str = field(default="", repr=False)


def checked(told: Told, now: datetime) -> Told:
    """Raises Refused "bad_time": calls happen in order, and not in the future."""
    times = [at for at in (told.offered_at, told.answered_at, told.ended_at) if at is not None]
    if times != sorted(times):
        raise Refused(_("时间的先后不对：应当先呼入，再接通，再结束。"), code="bad_time")
    if times[-1] > now:
        raise Refused(_("时间在将来，台账记的是已经发生的。"), code="bad_time")
    return told
