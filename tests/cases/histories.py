"""Random histories of a line: along its table of stages, at random times, with the waits for papers."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

import mingbai
from mingbai.cases.rules.clocks import Deadline, Matter, rules_started, run
from mingbai.core.statutory import seed_calendar
from mingbai.core.workdays import Workdays
from tests.cases.slow import CHINA, Pause, slow_end

CALENDAR = Workdays({day: entry for day, entry, _source in seed_calendar(2024, 2026)})
"""The house's calendar for the years whose notices are out; the slow reference asks the notices."""

TRUNK: Mapping[str, Mapping[str, str]] = {
    "take_up": {"applied": "accepted", "requested": "accepted"},
    "ask": {"accepted": "asked", "requested": "asked"},
    "supplement": {"asked": "review"},
    "close": {"done": "closed", "effective": "closed", "failed": "closed"},
}
"""The trunk's verbs as they lead through a line's stages, where the line's own table names none."""


@dataclass(frozen=True)
class Visit:
    """One stay in a stage; `left` None: the history ends there."""

    stage: str
    entered: datetime
    left: datetime | None


times = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 31), timezones=st.just(CHINA))
gaps = st.one_of(st.integers(0, 60 * 24), st.integers(0, 60 * 24 * 12))
"""Minutes from one event to the next: within a day, within days."""


@st.composite
def histories(
    draw: st.DrawFn, table: Mapping[str, Mapping[Any, Any]], first: str, most: int = 14
) -> list[Visit]:
    edges: dict[str, list[str]] = {}
    for verbs in (table, TRUNK):
        for leads in verbs.values():
            for before, after in leads.items():
                edges.setdefault(str(before), []).append(str(after))
    stage, at, found = first, draw(times), []
    for _step in range(draw(st.integers(0, most))):
        if stage not in edges:
            break
        later = at + timedelta(minutes=draw(gaps))
        found.append(Visit(stage, at, later))
        stage, at = draw(st.sampled_from(edges[stage])), later
    return [*found, Visit(stage, at, None)]


def waits(history: Sequence[Visit]) -> list[Pause]:
    """The times in which the resident owed papers; one that lasts ends, for the moment, ten days on."""
    return [
        (each.entered, each.left or each.entered + timedelta(days=10))
        for each in history
        if each.stage == "asked"
    ]


def ours(rules: Sequence[Deadline], kind: str, history: Sequence[Visit]) -> list[tuple[str, datetime]]:
    """Every period that begins with a stage, and the one of the whole: as the house reckons."""
    found = []
    for visit in history:
        day = timezone.localdate(visit.entered)
        for rule in rules_started(rules, "stage", Matter(kind, stage=visit.stage), day):
            if rule.stage == visit.stage:
                found.append((rule.code, run(rule, visit.entered, CALENDAR)[0].at))
    opened = history[0].entered
    for rule in rules_started(rules, "opened", Matter(kind), timezone.localdate(opened)):
        if rule.kind == kind:
            paused = waits(history) if rule.pauses else []
            found.append((rule.code, run(rule, opened, CALENDAR, pauses=paused)[0].at))
    return sorted(found)


def slowly(
    line: str, history: Sequence[Visit], whole: Sequence[tuple[str, int, str]]
) -> list[tuple[str, datetime]]:
    """The same from the line's file of periods, read as plain words. `whole`: code, amount, unit of what runs
    from the opening on and stands still while papers are owed.
    """
    rows = _rows(line)
    found = []
    for visit in history:
        for row in rows:
            if row["stage"] == visit.stage:
                moves = row["unit"] != "hour"
                end = slow_end(visit.entered, int(row["amount"]), row["unit"], end_moves=moves)
                found.append((row["code"], end))
    for code, amount, unit in whole:
        found.append((code, slow_end(history[0].entered, amount, unit, pauses=waits(history))))
    return sorted(found)


def _rows(line: str) -> list[dict[str, str]]:
    path = Path(mingbai.__file__).parent / line / "data" / "periods.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
