"""Pure rules: the register in memory, opening hours, what a tier must offer, files of divisions."""

from mingbai.places.rules.lines import Standard, lacks
from mingbai.places.rules.opening import DEFAULT_HOURS, ClosureRow, HoursRow
from mingbai.places.rules.register import CoverageRow, RegionRow, Register, StationRow, snapshot

__all__ = [
    "DEFAULT_HOURS",
    "ClosureRow",
    "CoverageRow",
    "HoursRow",
    "RegionRow",
    "Register",
    "Standard",
    "StationRow",
    "lacks",
    "snapshot",
]
