"""Rows of every kind that figures count, written plainly; and what may happen to them afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from mingbai.cases.actions._clockwork import look_again
from mingbai.cases.models import Case, Clock, DeadlineRule, Handover, Rating
from mingbai.core.numbers import new_number
from mingbai.hotline.models import Call
from mingbai.legalaid.models import Application, Assignment, Decision
from mingbai.mediation.models import Agreement, Mediation, Term
from mingbai.oversight.models import Supervision, Training, Village, VillageVisit
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.models import Station, StationLine
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.subsidies.models import Piece, Sheet
from mingbai.visits.models import Handout, Opinion, Visit
from tests.cases.factories import (
    NORTH,
    SOUTH,
    TOWN,
    VILLAGE,
    VILLAGE_EMPTY,
    VILLAGE_SOUTH,
    VILLAGE_UNBUILT,
    City,
    make_case,
)  # fmt: skip
from tests.people.factories import make_worker
from tests.subsidies.factories import make_rate

_numbers = count(1)
CHANNELS = ("web", "wechat", "partner", "window", "hotline", "village")
KINDS = ("consultation", "legal_aid", "mediation")
STATIONS = (NORTH, SOUTH, TOWN, VILLAGE)
VILLAGES = (VILLAGE, VILLAGE_EMPTY, VILLAGE_SOUTH, VILLAGE_UNBUILT)
ENDS = ("closed", "refused", "withdrawn")


class _InTurn:
    def randbelow(self, exclusive_upper_bound: int, /) -> int:
        return next(_numbers) + 5_000_000_000


@dataclass
class Events:
    """`write(what, at, n)`: one event of a kind; `n` chooses everything that may differ."""

    city: City

    def __post_init__(self) -> None:
        self.like = make_case()
        Case.objects.filter(pk=self.like.pk).update(month=190001, opened_at=at_of(date(1900, 1, 1)))
        self.lawyer = make_worker(self.city.stations[TOWN], "顾问", Post.VILLAGE_LAWYER)
        self.savvy = make_worker(self.city.stations[VILLAGE], "明白人", Post.LAW_SAVVY_VILLAGER)
        self.rate = make_rate(self.city, "adviser_month")
        told = {"month": 202501, "count": 1, "total": 1, "made_by": "x", "made_at": at_of(date(2025, 2, 1))}
        self.sheet = Sheet.objects.create(region=self.city.regions[NORTH], **told)
        self.rules = list(DeadlineRule.objects.order_by("pk"))
        self.untaken = next(rule for rule in self.rules if rule.stops_on == "taken_up")
        self.other = next(rule for rule in self.rules if rule.stops_on != "taken_up")

    def write(self, what: str, at: datetime, n: int) -> None:
        self.dice = Random(f"{what} {n}")  # noqa: S311  the same event again is the same
        getattr(self, what)(at)

    def pick(self, *options: Any) -> Any:
        return self.dice.choice(options)

    def upto(self, number: int) -> int:
        return self.dice.randrange(number)

    # ── matters ──

    def case(self, at: datetime) -> Case:
        """Open, ended in time or late, or merged; rated, offered, supervised by chance."""
        state = self.pick("received", *ENDS, "merged")
        closed = None if state == "received" else at + timedelta(hours=self.upto(90))
        case = Case.objects.get(pk=self.like.pk)
        case.pk, case.number = None, new_number(26, _InTurn())
        case.opened_at, case.month = at, month_of(at)
        case.state, case.closed_at, case.told_at = state, closed, closed
        case.channel, case.kind, case.is_instant = self.pick(*CHANNELS), self.pick(*KINDS), self.upto(7) == 0
        case.merged_into = self.like if state == "merged" else None
        case.region_id = self.pick(VILLAGE, SOUTH, TOWN, None)
        case.place = "known" if case.region_id else "unknown"
        case.station_id = self.pick(*STATIONS)
        case.save(force_insert=True)
        self._clock(case)
        return case

    def _clock(self, case: Case) -> None:
        rule, due = self.pick(self.untaken, self.other), case.opened_at + timedelta(hours=24)
        done = None if self.upto(4) == 0 else due + timedelta(hours=self.pick(-3, 0, 3))
        Clock.objects.create(
            case=case, rule=rule, started_at=case.opened_at, due_at=due, soon_at=due, done_at=done,
            end="" if done is None else "met", raised_at=due if self.upto(5) == 0 else None,
        )  # fmt: skip
        look_again(case)
        case.save(update_fields=["ran_out"])

    def rating(self, at: datetime) -> None:
        Rating.objects.create(
            case=self.case(at), grade=self.pick(1, 2, 2, 5), channel="web", at=at + timedelta(hours=1),
            called_back_at=self.pick(at, None), is_happy_after=self.pick(None, True, False),
            heard_from=self.pick("", "village"), was_first_choice=self.pick(None, True, False),
            appeal=self.pick("", "", "asked", "struck"),
        )  # fmt: skip

    def offer(self, at: datetime) -> None:
        state = self.pick("offered", "accepted", "declined", "taken_back")
        Handover.objects.create(
            case=self.case(at), giver_id=NORTH, taker_id=SOUTH, state=state, reason="转", offered_by="x",
            answer="不归我们" if state == "declined" else "", offered_at=at,
            answered_at=None if state == "offered" else at,
        )  # fmt: skip

    def supervision(self, at: datetime) -> None:
        Supervision.objects.create(
            case=self.case(at), reason="催", opened_by="x", opened_at=at,
            answered_at=self.pick(at, None),
        )  # fmt: skip

    def merged(self, at: datetime) -> None:
        """The latest matter turns out to be the first again."""
        case = Case.objects.exclude(pk=self.like.pk).order_by("-pk").first()
        if case is not None:
            Case.objects.filter(pk=case.pk).update(state="merged", closed_at=at, merged_into=self.like)

    def reopened(self, at: datetime) -> None:
        case = Case.objects.filter(state__in=ENDS).order_by("-pk").first()
        if case is not None:
            Case.objects.filter(pk=case.pk).update(state="in_progress", closed_at=None)

    def moved(self, at: datetime) -> None:
        """Somebody finds out where it was."""
        case = Case.objects.exclude(pk=self.like.pk).order_by("-pk").first()
        if case is not None:
            Case.objects.filter(pk=case.pk).update(region_id=self.pick(*VILLAGES), place="known")

    def struck(self, at: datetime) -> None:
        one = Rating.objects.order_by("-pk").first()
        if one is not None:
            Rating.objects.filter(pk=one.pk).update(appeal="struck")

    # ── line and door ──

    def call(self, at: datetime) -> None:
        wait = timedelta(seconds=self.upto(31), milliseconds=self.pick(0, 400, 600))
        Call.objects.create(
            station_id=NORTH, region_id=self.pick(TOWN, VILLAGE, SOUTH, NORTH), is_out=self.upto(9) == 0,
            on=timezone.localdate(at), offered_at=at, answered_at=None if self.upto(5) == 0 else at + wait,
            source=self.pick("switch", "ledger", "hand", "bare"),
        )  # fmt: skip

    def visit(self, at: datetime) -> None:
        state = self.pick("served", "served", "no_show")
        Visit.objects.create(
            kind=self.pick("walk_in", "booking", "home"), state=state, station_id=self.pick(*STATIONS),
            line="consultation", outcome="accepted", channel="window", on=timezone.localdate(at), at=at,
            ended_at=at, written_by="x", written_at=at + timedelta(days=self.upto(6)),
            grade=self.pick(None, 1, 2, 3, 4, 5), case=self.case(at) if self.upto(2) else None,
        )  # fmt: skip

    def handout(self, at: datetime) -> None:
        Handout.objects.create(
            station_id=self.pick(*STATIONS), on=timezone.localdate(at), material=self.pick("guide", "poster"),
            count=1 + self.upto(40), written_by="x", written_at=at + timedelta(days=self.upto(6)),
        )  # fmt: skip

    def opinion(self, at: datetime) -> None:
        Opinion.objects.create(
            source=self.pick("reception", "proposal", "rating"), station_id=self.pick(*STATIONS),
            on=timezone.localdate(at), case=self.case(at),
        )  # fmt: skip

    def day(self, at: datetime) -> None:
        """A service day with a record of each kind; what was done on a cancelled one was done."""
        state, on = self.pick("held", "cancelled"), timezone.localdate(at)
        day = ServiceDay.objects.create(
            region_id=self.pick(TOWN, VILLAGE_SOUTH), on=on, state=state, room="村部",
            closed_at=at if state == "held" else None, cancelled_at=at if state == "cancelled" else None,
        )  # fmt: skip
        for kind in ("consultation", "legal_aid_accepted", "notary_home_booking", "mediation_begun")[
            : 1 + self.upto(4)
        ]:
            DayRecord.objects.create(
                day=day, kind=kind, case=self.case(at), at=at, written_by="x", written_at=at
            )

    # ── lines ──

    def aid(self, at: datetime) -> None:
        """Asked for, decided after some days, given to two lawyers one after the other."""
        case = self.case(at)
        Application.objects.create(case=case)
        kind = self.pick("grant", "refuse", "first", "notice")
        made = at + timedelta(hours=7 * (self.upto(9)))
        Decision.objects.create(
            case=case, kind=kind, state=self.pick("made", "overturned", "sent_back"), proposed_by="a",
            made_by="b", made_at=made,
        )  # fmt: skip
        for turn in range(self.upto(3)):
            given = made + timedelta(days=turn - self.upto(2), seconds=self.upto(60))
            Assignment.objects.create(
                case=case,
                worker=self.lawyer,
                state="ended",
                assigned_by="x",
                assigned_at=given,
                ended_at=given,
            )

    def mediation(self, at: datetime) -> None:
        case, on = self.case(at), timezone.localdate(at)
        outcome = self.pick("", "agreed", "failed")
        Mediation.objects.create(
            case=case,
            begun_at=at if self.upto(4) else None,
            outcome=outcome,
            ended_at=at if outcome else None,
        )
        if outcome != "agreed":
            return
        state = self.pick("effective", "replaced")
        agreement = Agreement.objects.create(
            case=case, version=1, form="written", state=state, drafted_by="x", drafted_at=at, effective_at=at,
            confirmation=self.pick("confirmed", "rejected", "filed"), decided_on=on,
        )  # fmt: skip
        for done in range(self.upto(3)):
            term = ("open", "done")[done]
            Term.objects.create(
                agreement=agreement, due_on=on + timedelta(days=done), state=term,
                settled_on=on if term == "done" else None,
            )  # fmt: skip

    def piece(self, at: datetime) -> None:
        state = self.pick("earned", "promised", "dropped", "sheeted")
        Piece.objects.create(
            worker=self.lawyer, region_id=self.pick(NORTH, SOUTH), work="adviser_month",
            done_on=timezone.localdate(at), frozen_on=timezone.localdate(at),
            event=f"test:{next(_numbers)}", amount=Decimal(1 + self.upto(60)) / 4,
            state=state, rate=self.rate, sheet=self.sheet if state == "sheeted" else None,
        )  # fmt: skip

    # ── villages and the register ──

    def village(self, at: datetime) -> None:
        VillageVisit.objects.create(
            worker=self.lawyer, region_id=self.pick(*VILLAGES), on=timezone.localdate(at),
            hours=Decimal("1.5"), kind=self.pick("duty", "lecture"), people=self.upto(60),
            written_by="x", written_at=at, struck_at=at if self.upto(5) == 0 else None,
        )  # fmt: skip

    def training(self, at: datetime) -> None:
        Training.objects.create(
            worker=self.savvy, on=timezone.localdate(at), topic="土地", hours=Decimal(2), written_by="x",
            written_at=at,
        )  # fmt: skip

    def village_class(self, at: datetime) -> None:
        told = {"village_class": self.pick("urban", "near", "remote")}
        Village.objects.update_or_create(region_id=self.pick(*VILLAGES), defaults=told)

    def station(self, at: datetime) -> None:
        """One is built anew, equipped, closed for good, or offers less."""
        station = Station.objects.filter(code=self.pick(*STATIONS))
        changed: dict[str, Any] = {
            "windows": self.upto(5),
            "hotline_seats": self.upto(3),
            "kiosks": self.upto(2),
        }
        changed |= {
            "own_premises": self.upto(2) == 0,
            "closed_on": timezone.localdate(at) if self.upto(5) == 0 else None,
        }
        station.update(**changed)
        if self.upto(3) == 0:
            StationLine.objects.filter(station_id=self.pick(*STATIONS), line="mediation").delete()

    def person(self, at: datetime) -> None:
        worker = self.pick(self.lawyer, self.savvy)
        Worker.objects.filter(pk=worker.pk).update(is_active=self.upto(3) != 0)


KINDS_OF = tuple(
    name
    for name in vars(Events)
    if not name.startswith("_")
    and name != "write"
    and name not in ("pick", "upto")
    and callable(vars(Events)[name])
)


def at_of(on: date, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime(on.year, on.month, on.day, hour))


def month_of(at: datetime) -> int:
    local = timezone.localtime(at)
    return local.year * 100 + local.month


@contextmanager
def undone() -> Iterator[None]:
    """What one example wrote is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
