"""All that writes subsidies: rates; pieces promised, earned, settled, corrected; the sheet of a month."""

from mingbai.subsidies.actions.correcting import Facts, correct, grade, take_back
from mingbai.subsidies.actions.duty import on_duty
from mingbai.subsidies.actions.pieces import Job, drop, earn, promise, settle
from mingbai.subsidies.actions.rates import set_rate
from mingbai.subsidies.actions.sheets import make_sheet

__all__ = [
    "Facts",
    "Job",
    "correct",
    "drop",
    "earn",
    "grade",
    "make_sheet",
    "on_duty",
    "promise",
    "set_rate",
    "settle",
    "take_back",
]
