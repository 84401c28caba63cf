"""Figures by name, as the registry counts them: `counts(first, last).visits`."""

from datetime import date

from mingbai.figures.queries import Counter
from mingbai.figures.rules import Period


class counts:  # noqa: N801  reads as a function where it is asked
    def __init__(self, first: date, last: date, region: str = "") -> None:
        self._counter = Counter(Period(first, last, region))

    def __getattr__(self, code: str) -> int:
        return self._counter.count(code)
