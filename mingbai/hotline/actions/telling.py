"""What happened at the line, written down together: a call is a dozen small things, and a row of it one.

Everything may be told again after a failed try: a transaction that was rolled back left nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core import when
from mingbai.core.actor import Actor
from mingbai.hotline.actions.arrivals import order_of, use_up
from mingbai.hotline.enums import CallEnd, CallSource, CommandState, Recording, SeatState, Step
from mingbai.hotline.models import Call, CallEvent, ExpectedCall, Seat, SeatCommand
from mingbai.hotline.queries.live import About, about, night_worker, phone_hash
from mingbai.hotline.rules.shapes import NIGHT, Note, Reply, Sit
from mingbai.journal.actions import write
from mingbai.notices.actions import notify
from mingbai.places.queries import one_moment, register

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


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())


@transaction.atomic
def tell(
    *, by: Actor, station: str, news: Sequence[News], open_calls: dict[str, History] | None = None
) -> list[str]:
    """Write it all, what belongs to one call in its order; the names of the calls of another hotline that
    were answered now and continue no matter yet. What is told of a call that is not known, or over, is
    passed over.

    `open_calls` keeps what is known of the calls from one time to the next, for the only one who tells of
    them; whose transaction is undone must empty it.
    """
    kept = {} if open_calls is None else open_calls
    steps: dict[str, list[Offered | Note | Recorded]] = {}
    for one in news:
        if isinstance(one, (Offered, Note, Recorded)):
            steps.setdefault(one.key, []).append(one)
    with one_moment():
        told = [_history(kept, by, station, key).hear(of_call) for key, of_call in steps.items()]
    _write(told)
    _sit_down(station, [one for one in news if isinstance(one, Sit)], kept)
    for one in news:
        if isinstance(one, Reply):
            _reply(one)
    answered = {one.key for one in news if isinstance(one, Note) and one.step == Step.ANSWERED}
    found = [key for key in sorted(answered) if kept[key].continues_nothing]
    for key in [key for key in steps if kept[key].is_over]:
        del kept[key]
    return found


def _history(kept: dict[str, History], by: Actor, station: str, key: str) -> History:
    if key not in kept:
        kept[key] = History(by, station, key)
    return kept[key]


def _write(told: Sequence[History]) -> None:
    """All rows, then all events, which are many."""
    for one in told:
        one.save()
    CallEvent.objects.bulk_create([event for one in told for event in one.events])
    for one in told:
        one.close()


# ── calls ──


class History:
    """The row of one call and what is added to its events; only what moved is written."""

    def __init__(self, by: Actor, station: str, key: str) -> None:
        self.by, self.station = by, station
        # Nearly always it is a new one: the wide row is read only where there is one.
        pk = next(iter(Call.objects.filter(channel=key).values_list("pk", flat=True)[:1]), None)
        self.call = Call.objects.select_for_update(of=("self",)).get(pk=pk) if pk else None
        self.last = self.call.events.order_by("-seq").first() if self.call else None
        self.events: list[CallEvent] = []
        self.moved: set[str] = set()
        self.announced: ExpectedCall | None = None

    @property
    def is_over(self) -> bool:
        """Nothing of it is kept any more: it has ended, or is not known."""
        return self.call is None or self.call.ended_at is not None

    @property
    def continues_nothing(self) -> bool:
        return bool(self.call and self.call.order_number and not self.call.case_id)

    def hear(self, told: Iterable[Offered | Note | Recorded]) -> History:
        self.events, self.moved = [], set()
        for one in told:
            if isinstance(one, Offered):
                if self.call is None:
                    self._offered(one)
            elif self.call is None or (isinstance(one, Note) and self.call.ended_at is not None):
                continue
            elif isinstance(one, Note):
                self._note(self.call, one)
            elif not self.call.recording:
                self._set(self.call, recording=Recording.DUE)
        return self

    def _set(self, call: Call, **values: Any) -> None:
        for name, value in values.items():
            setattr(call, name, value)
        self.moved |= values.keys()

    def _offered(self, one: Offered) -> None:
        at, places = _moment(one.at), register()
        known = one.known or about(one.number, at, one.dialled)
        call = self.call = Call(
            station_id=self.station,
            region_id=known.county or places.city_of(places.stations[self.station].region),
            on=timezone.localdate(at),
            offered_at=at,
            source=CallSource.SWITCH,
            channel=one.key[:64],
            dialled=one.dialled[:32],
            phone_hash=phone_hash(known.phone) if known.phone else "",
        )
        call.phone = known.phone
        self._event(Step.OFFERED, at)
        call.order_number, self.announced = order_of(by=self.by, call=call, header=one.order)

    def _event(self, step: Step, at: datetime, seat: str = "", why: str = "") -> None:
        seq = self.last.seq + 1 if self.last else 1
        data = {"why": why} if why else {}
        self.last = CallEvent(seq=seq, kind=step, at=at, seat=seat, data=data)
        self.events.append(self.last)

    def _note(self, call: Call, one: Note) -> None:
        at = max(_moment(one.at), call.offered_at)
        if one.step in (Step.RESUMED, Step.ENDED) and self.last and self.last.kind == Step.HELD:
            held = int((at - self.last.at).total_seconds())
            self._set(call, held_seconds=call.held_seconds + held)
        self._event(one.step, at, one.seat, one.why)
        if (column := _STAMPS.get(one.step)) and getattr(call, column) is None:
            self._set(call, **{column: at})
        match one.step:
            case Step.ANSWERED:
                self._set(call, seat=one.seat, worker_id=self._who_answers(call, one.seat, at))
            case Step.TRANSFERRED:
                self._handed_over(call, one.seat, at)
            case Step.PROMISED:
                open_promise(by=self.by, call=call)
                self.moved.add("case")
            case Step.ENDED:
                self._set(call, ended_by=one.why or CallEnd.LINE)

    def _who_answers(self, call: Call, seat: str, at: datetime) -> int | None:
        """A worker's key."""
        if seat == NIGHT:
            worker = night_worker(self.station, at)
            return worker.pk if worker else None
        return self._who_sits(seat) or (call.worker_id if call.is_out else None)

    def _who_sits(self, seat: str) -> int | None:
        """A worker's key; nobody is asked for more than that while a call is answered."""
        found = Seat.objects.filter(station_id=self.station, name=seat).values_list("worker_id", flat=True)
        return next(iter(found.order_by()), None)

    def _handed_over(self, call: Call, seat: str, at: datetime) -> None:
        """Who takes over has the call now; outside the house nobody does, and it stays with who gave it."""
        self._set(call, giver_id=call.worker_id, transferred_at=at)
        if worker := self._who_sits(seat):
            self._set(call, seat=seat, worker_id=worker)

    def save(self) -> None:
        """The row, so that its events can be."""
        if self.call is None:
            return
        if self.call.pk is None:
            self.call.save(force_insert=True)
            use_up(by=self.by, found=self.announced, call=self.call)
        elif self.moved:
            self.call.save(update_fields=sorted(self.moved))
        for event in self.events:
            event.call = self.call

    def close(self) -> None:
        """Its end is history."""
        if self.call is None or all(event.kind != Step.ENDED for event in self.events):
            return
        answered = self.call.answered_at is not None
        data = {"ended_by": self.call.ended_by, "answered": answered, "station": self.call.station_id}
        write(chain=self.call.chain, verb="call.ended", by=self.by, at=timezone.now(), data=data)
        if self.call.seat == NIGHT and answered:
            ask_for_note(by=self.by, call=self.call)


def ask_for_note(*, by: Actor, call: Call) -> None:
    """Whoever took the call at night, on a mobile, is sent the way to its page: the note is written there,
    once signed in; until then it stands in the hand-over sheet under their name."""
    phone = call.worker.phone.replace("-", "") if call.worker else ""
    if call.worker is None or call.case_id or not (len(phone) == 11 and phone.startswith("1")):
        return
    link = f"{settings.PUBLIC_URL}/seat/calls/{call.pk}/"
    notify(
        by=by,
        event=f"{call.chain}:night_note",
        to=f"worker:{call.worker.pk}",
        transport=settings.NOTICE_RESIDENT_TRANSPORT,
        template="night_note",
        about=call.chain,
        address=phone,
        context={
            "when": when.moment(call.offered_at),
            "link": link,
        },
    )


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


def _sit_down(station: str, told: Iterable[Sit], kept: Mapping[str, History]) -> None:
    """The last word of each seat counts, and every pause. One that was signed out meanwhile stays so."""
    last: dict[str, Sit] = {}
    for one in told:
        last[one.seat] = one
        if one.pause:
            ready = Seat.objects.filter(station_id=station, name=one.seat, state=SeatState.READY)
            ready.update(state=SeatState.PAUSE, reason=one.pause)
    for one in last.values():
        call = _call_of(one.key, kept) if one.key and one.busy else None
        row = Seat.objects.filter(station_id=station, name=one.seat)
        row.update(busy=one.busy, since=_moment(one.at), call=call)


def _call_of(key: str, kept: Mapping[str, History]) -> int | None:
    if (found := kept.get(key)) and found.call:
        return found.call.pk
    return Call.objects.filter(channel=key).values_list("pk", flat=True).first()


def _reply(one: Reply) -> None:
    """What became of something that a seat wanted. What has failed or is done stays so."""
    open_states = (CommandState.ASKED, CommandState.RINGING, CommandState.TALKING)
    rows = SeatCommand.objects.filter(pk=int(one.command), state__in=open_states)
    rows.update(state=one.state, why=one.why, moved_at=_moment(one.at))
