"""How late is too late: which rung a matter has reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mingbai.cases.rules.seeds import DeadlineTerms
from mingbai.oversight.enums import Rung

_SINCE = date(2018, 1, 1)

REPLY = "supervision"
"""The code of the rule by which a reply to supervision is due, and the stage that its clock names."""

REPLY_TERMS = DeadlineTerms(
    code=REPLY,
    name="答复督办",
    starts_on="stage",
    stops_on="stage",
    amount=3,
    unit="working_day",
    source="本平台服务承诺，可按本市督办规定修改",
    stage=REPLY,
    pauses=False,
    valid_from=_SINCE,
)


@dataclass(frozen=True, slots=True)
class ClimbTerms:
    """A row of ClimbRule."""

    rung: str
    days: int
    source: str
    valid_from: date = _SINCE

    def row(self) -> dict[str, Any]:
        return {
            "rung": self.rung,
            "days": self.days,
            "source": self.source,
            "valid_from": self.valid_from,
        }


SEED: tuple[ClimbTerms, ...] = (
    ClimbTerms(Rung.COUNTY, 1, "比照山东省政务服务热线办法：超期第一日红牌；请按本市规定核定"),
    ClimbTerms(Rung.CITY, 7, "软件初始值，尚无文件依据；请市司法局核定"),
)


def rung_of(due_at: datetime, now: datetime, rules: Iterable[ClimbTerms]) -> str:
    """The highest rung that a clock due at `due_at` has reached, "" for none; days are whole 24 hours."""
    over = now - due_at
    reached = [row.rung for row in rules if over >= timedelta(days=row.days)]
    return max(reached, default="")


def next_rung(rung: str) -> str:
    """One up; the highest stays."""
    return Rung.CITY if rung == Rung.COUNTY else rung
