"""Calls that the exchange rang through by itself while the hotline process was down, from its own records.

Asterisk writes one line a dialled leg (cdr_csv: Asterisk's documentation, "CDR Specification"; times are UTC
with usegmtime). The lines of one call share its unique number, which is the name the process would have used.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions.records import land_fallback
from mingbai.hotline.queries.live import calls_here
from mingbai.hotline.rules.records import Record

log = structlog.get_logger(__name__)
_SRC, _DSTCHANNEL, _START, _ANSWER, _END, _DISPOSITION, _UID, _FIELD = 1, 6, 9, 10, 11, 14, 16, 17
FALLBACK, PROMISED = "fallback", "promised"
"""What the dial plan writes into userfield (ops/asterisk/extensions.conf)."""
_SETTLED = timedelta(seconds=5)
"""So long after its end every line of a call has been written."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One call as the exchange handled it; `promised`: it was told that somebody will call back."""

    record: Record
    promised: bool


def read_calls(text: str, now: datetime) -> list[Rung]:
    """Every finished call in the file, in the order they came. Lines that are no records are left out."""
    calls: dict[str, list[list[str]]] = {}
    for line in csv.reader(io.StringIO(text, newline="")):
        if len(line) > _FIELD and line[_FIELD] in (FALLBACK, PROMISED) and line[_UID]:
            calls.setdefault(line[_UID], []).append(line)
    found = [rung for uid, lines in calls.items() if (rung := _call(uid, lines))]
    return [one for one in found if one.record.ended and now - one.record.ended >= _SETTLED]


def _call(uid: str, lines: list[list[str]]) -> Rung | None:
    starts, ends = _times(lines, _START), _times(lines, _END)
    if not starts or not ends:
        return None
    # Answered by a person is only a leg to a seat; that the announcement was played counts for nothing.
    talked = [line for line in lines if line[_DISPOSITION] == "ANSWERED" and line[_DSTCHANNEL]]
    answered = next(iter(_times(talked, _ANSWER)), None)
    seat = talked[0][_DSTCHANNEL].removeprefix("PJSIP/").rpartition("-")[0] if answered else ""
    number = lines[0][_SRC][:32]
    record = Record(uid, min(starts), answered, max(ends), number=number, seat=seat[:16])
    return Rung(record, any(line[_FIELD] == PROMISED for line in lines) and answered is None)


def _times(lines: Iterable[list[str]], column: int) -> list[datetime]:
    found = []
    for line in lines:
        try:
            found.append(datetime.strptime(line[column], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC))
        except ValueError:
            continue
    return found


class Fallbacks:
    """The exchange's file, looked at again only when it has changed."""

    def __init__(self, station: str) -> None:
        self.station, self.seen = station, (0, 0)

    def land(self) -> int:
        """How many calls are new. Blocks: not for the event loop."""
        if not settings.PBX_CDR:
            return 0
        try:
            state = Path(settings.PBX_CDR).stat()
            if (state.st_size, state.st_mtime_ns) == self.seen:
                return 0
            text = Path(settings.PBX_CDR).read_text("utf-8", "replace")
        except FileNotFoundError:
            return 0  # nothing was rung through yet, or the day's file has just been put away
        except OSError as error:
            log.warning("hotline.fallback", error=str(error))
            return 0
        now = timezone.now()
        calls = read_calls(text, now)
        here = calls_here(one.record.uid for one in calls)
        new = [one for one in calls if one.record.uid not in here]
        for one in new:
            land_fallback(
                by=SYSTEM, station=self.station, key=one.record.uid, record=one.record, promised=one.promised
            )
        # A call that is not settled yet is looked for again although the file does not change any more.
        if now.timestamp() - state.st_mtime > _SETTLED.total_seconds():
            self.seen = (state.st_size, state.st_mtime_ns)
        return len(new)
