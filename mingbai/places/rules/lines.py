"""The "3+X" and "2+X" rule: the lines that each tier must offer at least, as dated rows with their source."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from mingbai.places.enums import Line, Tier

_CENTRES = "司发〔2017〕9号；“3+X”：法律援助、人民调解、法律咨询为主"
_STATIONS = "司发〔2017〕9号；“2+X”：人民调解、一般法律咨询为主"


@dataclass(frozen=True, slots=True)
class Standard:
    """One line that a tier must offer; both days of validity are included, None is open."""

    tier: str
    line: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """True on that day; without a day the rules of today and later count."""
        if day is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


SEED = (
    *(
        Standard(tier, line, _CENTRES)
        for tier in (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE)
        for line in (Line.LEGAL_AID, Line.MEDIATION, Line.CONSULTATION)
    ),
    Standard(Tier.TOWNSHIP_STATION, Line.MEDIATION, _STATIONS),
    Standard(Tier.TOWNSHIP_STATION, Line.CONSULTATION, _STATIONS),
)
"""What `migrate` writes into the table; from then on the table's rows are the rule."""


def required(tier: str, standards: Iterable[Standard] = SEED, on: date | None = None) -> tuple[Line, ...]:
    """Return the lines that a tier must offer, in the order of the vocabulary."""
    asked = {standard.line for standard in standards if standard.tier == tier and standard.holds_on(on)}
    return tuple(line for line in Line if line in asked)


def lacks(
    tier: str, lines: Collection[str], standards: Iterable[Standard] = SEED, on: date | None = None
) -> tuple[Line, ...]:
    """Return the required lines that a station of this tier does not offer; the X may be anything."""
    return tuple(line for line in required(tier, standards, on) if line not in lines)
