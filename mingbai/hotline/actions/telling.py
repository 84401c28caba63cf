"""What happened at the line, written down together: a call is a dozen small things, and a row of it one.

Everything may be told again after a failed try: a transaction that was rolled back left nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.hotline.actions.arrivals import order_of, use_up
from mingbai.hotline.enums import CallEnd, CallSource, CommandState, Recording, SeatState, Step
from mingbai.hotline.models import Call, CallEvent, ExpectedCall, Seat, SeatCommand
from mingbai.hotline.queries.live import About, about, phone_hash
from mingbai.hotline.rules.shapes import Note, Reply, Sit
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.queries import register

_STAMPS = {
    Step.QUEUED: "queued_at",
    Step.RINGING: "ringing_at",
    Step.ANSWERED: "answered_at",
    Step.FORWARDED: "forwarded_at",
    Step.PROMISED: "promised_at",
    Step.TRANSFERRED: "transferred_at",
    Step.ENDED: "ended_at",
}
"""The column of a call that keeps when something happened first."""
_MOVED = (
    *_STAMPS.values(), "seat", "worker", "giver", "held_seconds", "ended_by", "recording", "case",
)  # fmt: skip
"""What a thing that happened may change in the row of a call."""


@dataclass(slots=True)
class Offered:
    """A call came in. `order`: another hotline's number in its header; `known`: what was found out so far."""

    key: str
    at: float
    number: str = field(default="", repr=False)
    dialled: str = ""
    order: str = ""
    known: About | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The exchange records this call from now on."""

    key: str


News = Offered | Note | Recorded | Sit | Reply


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())


@transaction.atomic
def tell(*, by: Actor, station: str, news: Sequence[News]) -> list[str]:
    """Write it all, what belongs to one call in its order; the names of the calls of another hotline that
    were answered now and continue no matter yet. What is told of a call that is not known, or over, is
    passed over."""
    steps: dict[str, list[Offered | Note | Recorded]] = {}
    for one in news:
        if isinstance(one, (Offered, Note, Recorded)):
            steps.setdefault(one.key, []).append(one)
    seats = _seats(station, news)
    calls = {key: _History(by, station, key, seats).write(of_call) for key, of_call in steps.items()}
    _sit_down([one for one in news if isinstance(one, Sit)], seats, calls)
    for one in news:
        if isinstance(one, Reply):
            _reply(one)
    answered = {one.key for one in news if isinstance(one, Note) and one.step == Step.ANSWERED}
    return [
        key for key in sorted(answered) if (call := calls[key]) and call.order_number and not call.case_id
    ]


def _seats(station: str, news: Iterable[News]) -> dict[str, Seat]:
    """Every seat that is spoken of, in one query."""
    named = {one.seat for one in news if isinstance(one, (Note, Sit)) and one.seat}
    if not named:
        return {}
    rows = Seat.objects.select_for_update(of=("self",)).filter(station_id=station, name__in=named)
    return {row.name: row for row in rows.order_by("pk")}


# ── calls ──


class _History:
    """The row of one call and what is added to its events; read once, written once."""

    def __init__(self, by: Actor, station: str, key: str, seats: dict[str, Seat]) -> None:
        self.by, self.station, self.seats = by, station, seats
        self.call = Call.objects.select_for_update(of=("self",)).filter(channel=key).first()
        self.is_new = self.call is None
        self.events: list[CallEvent] = []
        self.last = self.call.events.order_by("-seq").first() if self.call else None
        self.announced: ExpectedCall | None = None

    def write(self, told: Iterable[Offered | Note | Recorded]) -> Call | None:
        for one in told:
            if isinstance(one, Offered):
                if self.call is None:
                    self._offered(one)
            elif self.call is None or (isinstance(one, Note) and self.call.ended_at is not None):
                continue
            elif isinstance(one, Recorded):
                self.call.recording = self.call.recording or Recording.DUE
            else:
                self._note(self.call, one)
        if self.call is not None:
            self._save(self.call)
        return self.call

    def _offered(self, one: Offered) -> None:
        at = moment(one.at)
        known = one.known or about(one.number, at, one.dialled)
        call = self.call = Call(
            station_id=self.station,
            region_id=known.county or register().city_of(register().stations[self.station].region),
            on=timezone.localdate(at),
            offered_at=at,
            source=CallSource.SWITCH,
            channel=one.key[:64],
            dialled=one.dialled[:32],
            phone_hash=phone_hash(known.phone) if known.phone else "",
        )
        call.phone = known.phone
        self._event(Step.OFFERED, at)
        call.order_number, self.announced = order_of(call, one.order)

    def _event(self, step: Step, at: datetime, seat: str = "", why: str = "") -> None:
        seq = self.last.seq + 1 if self.last else 1
        data = {"why": why} if why else {}
        self.last = CallEvent(seq=seq, kind=step, at=at, seat=seat, data=data)
        self.events.append(self.last)

    def _note(self, call: Call, one: Note) -> None:
        at = max(moment(one.at), call.offered_at)
        if one.step in (Step.RESUMED, Step.ENDED) and self.last and self.last.kind == Step.HELD:
            call.held_seconds += int((at - self.last.at).total_seconds())
        self._event(one.step, at, one.seat, one.why)
        if (column := _STAMPS.get(one.step)) and getattr(call, column) is None:
            setattr(call, column, at)
        match one.step:
            case Step.ANSWERED:
                call.seat = one.seat
                call.worker = self._who_sits(one.seat) or (call.worker if call.is_out else None)
            case Step.TRANSFERRED:
                self._handed_over(call, one.seat, at)
            case Step.PROMISED:
                open_promise(by=self.by, call=call)
            case Step.ENDED:
                call.ended_by = one.why or CallEnd.LINE

    def _who_sits(self, seat: str) -> Worker | None:
        return self.seats[seat].worker if seat in self.seats else None

    def _handed_over(self, call: Call, seat: str, at: datetime) -> None:
        """Who takes over has the call now; outside the house nobody does, and it stays with who gave it."""
        call.giver, call.transferred_at = call.worker, at
        if worker := self._who_sits(seat):
            call.seat, call.worker = seat, worker

    def _save(self, call: Call) -> None:
        if self.is_new:
            call.save(force_insert=True)
            use_up(self.announced, call)
        else:
            call.save(update_fields=_MOVED)
        for event in self.events:
            event.call = call
        CallEvent.objects.bulk_create(self.events)
        if any(event.kind == Step.ENDED for event in self.events):
            answered = call.answered_at is not None
            data = {"ended_by": call.ended_by, "answered": answered, "station": call.station_id}
            write(chain=call.chain, verb="call.ended", by=self.by, at=timezone.now(), data=data)


def open_promise(*, by: Actor, call: Call) -> None:
    """The promise is a matter with an owner and a clock, like any other; its call is saved by who asks."""
    if call.case_id or not call.phone:
        return
    city = register().city_of(call.region_id)
    intake = Intake(
        kind="consultation",
        channel=Channel.HOTLINE,
        text=_("来电时没有人接听，已承诺回电。请回电问清是什么事。"),
        region=call.region_id,
        speaker=Person(phone=call.phone),
        source="hotline",
        idempotency_key=f"promise:{call.channel}",
        keep_at=call.station_id if call.region_id == city else "",
    )
    call.case = open_case(by=by, intake=intake).case


# ── seats, and what they wanted ──


def _sit_down(told: Iterable[Sit], seats: dict[str, Seat], calls: dict[str, Call | None]) -> None:
    """The last word of each seat counts, and every pause. One that was signed out meanwhile stays so."""
    last: dict[str, Sit] = {}
    for one in told:
        if (row := seats.get(one.seat)) is None:
            continue
        last[one.seat] = one
        if one.pause and row.state == SeatState.READY:
            row.state, row.reason = SeatState.PAUSE, one.pause
    for name, one in last.items():
        row = seats[name]
        row.busy, row.since, row.call = one.busy, moment(one.at), None
        if one.key and one.busy:
            row.call = calls.get(one.key) or Call.objects.filter(channel=one.key).first()
        row.save(update_fields=["busy", "since", "call", "state", "reason"])


def _reply(one: Reply) -> None:
    """What became of something that a seat wanted. What has failed or is done stays so."""
    open_states = (CommandState.ASKED, CommandState.RINGING, CommandState.TALKING)
    rows = SeatCommand.objects.filter(pk=int(one.command), state__in=open_states)
    rows.update(state=one.state, why=one.why, moved_at=moment(one.at))
