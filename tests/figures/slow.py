"""Every indicator counted slowly: whole tables read into Python, judged row by row as the definitions say.

Nothing of the registry is used: no month, no local day that was written down (but where it is all there is),
no subtree, no condition of the database.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from mingbai.cases.models import Case, Clock, Handover, Rating
from mingbai.hotline.models import Call
from mingbai.legalaid.models import Application, Assignment, Decision
from mingbai.mediation.models import Agreement, Mediation, Term
from mingbai.oversight.models import QuotaRule, Supervision, Training, Village, VillageVisit
from mingbai.people.models import Worker
from mingbai.places.models import Region, Station, StationLine
from mingbai.servicedays.models import DayRecord, ServiceDay
from mingbai.subsidies.models import Piece
from mingbai.visits.models import Handout, Opinion, Visit

OVER = {"closed", "refused", "withdrawn"}
NET = {"web", "wechat", "partner"}
CORE = {"legal_aid", "mediation", "consultation"}
NEEDED = {
    "city_centre": CORE,
    "county_centre": CORE,
    "township_station": {"mediation", "consultation"},
}
HALF = Decimal("0.5")


def whole(span: timedelta) -> int:
    """Seconds, half away from nought."""
    return int(Decimal(str(span.total_seconds())).to_integral_value(ROUND_HALF_UP))


class Slow:
    """`counts()`: code → count, of an amount its sum, of a mean the sum of what is measured."""

    def __init__(self, first: date, last: date, region: str = "") -> None:
        self.first, self.last = first, last
        self.above = {row.code: row.parent_id for row in Region.objects.all()}
        self.region = region
        self.is_city = not region or self.above.get(region) is None
        self.cases = {row.pk: row for row in Case.objects.all()}
        self.stations = {row.code: row for row in Station.objects.all()}

    # ── when and where ──

    def then(self, at: date | datetime | None) -> bool:
        if at is None:
            return False
        on = timezone.localtime(at).date() if isinstance(at, datetime) else at
        return self.first <= on <= self.last

    def there(self, code: str | None) -> bool:
        """In the region or below it; of the whole city also what lies nowhere."""
        if self.is_city:
            return True
        while code:
            if code == self.region:
                return True
            code = self.above[code]
        return False

    def of_case(self, pk: int) -> bool:
        return self.there(self.cases[pk].region_id)

    def of_station(self, code: str) -> bool:
        return self.there(self.stations[code].region_id)

    # ── all of it ──

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in (
            self.matters, self.clocks, self.liked, self.line, self.door, self.days, self.aid, self.mediation,
            self.register, self.silence, self.pay, self.villages, self.quota,
        ):  # fmt: skip
            found |= part()
        return found

    def opened(self) -> list[Case]:
        return [row for row in self.cases.values() if self.then(row.opened_at) and self.there(row.region_id)]

    def ended(self) -> list[Case]:
        rows = [row for row in self.cases.values() if self.then(row.closed_at) and self.there(row.region_id)]
        return [row for row in rows if row.state in OVER]

    def matters(self) -> dict[str, int]:
        opened = self.opened()
        came = {row.case_id for row in Visit.objects.all() if row.state == "served" and row.case_id}
        visited = [row for row in self.ended() if row.channel == "window" or row.pk in came]
        offers = [
            row
            for row in Handover.objects.all()
            if self.then(row.offered_at)
            and row.state != "taken_back"
            and is_order(self.cases[row.case_id])
            and self.of_case(row.case_id)
        ]
        return {
            "contacts": len(opened),
            "contacts_merged": count(opened, lambda row: row.state == "merged"),
            "matters": count(opened, lambda row: row.state != "merged"),
            "work_orders": count(opened, is_order),
            "net_consultations": count(opened, lambda row: row.channel in NET and row.is_instant),
            "matters_ended": len(self.ended()),
            "matters_visited": len(visited),
            "matters_unvisited": len(self.ended()) - len(visited),
            "orders_ended": count(self.ended(), is_order),
            "orders_offered": len(offers),
            "orders_declined": count(offers, lambda row: row.state == "declined"),
        }

    def clocks(self) -> dict[str, int]:
        over = [row for row in Clock.objects.select_related("rule") if ran_out(row)]
        late = {row.case_id for row in over}
        untaken = {row.case_id for row in over if row.rule.stops_on == "taken_up"}
        orders = [row for row in self.opened() if is_order(row)]
        return {
            "matters_late": count(self.ended(), lambda row: row.pk in late),
            "matters_in_time": count(self.ended(), lambda row: row.pk not in late),
            "orders_late": count(self.ended(), lambda row: is_order(row) and row.pk in late),
            "orders_in_time": count(self.ended(), lambda row: is_order(row) and row.pk not in late),
            "orders_taken_up_late": count(orders, lambda row: row.pk in untaken),
            "orders_taken_up_in_time": count(orders, lambda row: row.pk not in untaken),
        }

    def liked(self) -> dict[str, int]:
        rows = [
            row
            for row in Rating.objects.all()
            if self.then(row.at) and row.appeal != "struck" and self.of_case(row.case_id)
        ]
        bad = [row for row in rows if row.grade in (1, 2)]
        return {
            "ratings": len(rows),
            "ratings_content": len(rows) - len(bad),
            "ratings_bad": len(bad),
            "ratings_called_back": count(bad, lambda row: row.called_back_at is not None),
            "ratings_redone": count(bad, lambda row: row.is_happy_after is False),
            "heard_told": count(rows, lambda row: bool(row.heard_from)),
            "heard_village": count(rows, lambda row: row.heard_from == "village"),
            "choice_told": count(rows, lambda row: row.was_first_choice is not None),
            "first_choice": count(rows, lambda row: row.was_first_choice is True),
        }

    def line(self) -> dict[str, int]:
        calls = [
            row
            for row in Call.objects.all()
            if not row.is_out and self.then(row.offered_at) and self.there(row.region_id)
        ]
        measured = [row for row in calls if row.source not in ("hand", "bare")]
        waits = [whole(row.answered_at - row.offered_at) for row in measured if row.answered_at]
        answered = count(calls, lambda row: row.answered_at is not None)
        return {
            "calls_offered": len(calls),
            "calls_answered": answered,
            "calls_lost": len(calls) - answered,
            "calls_measured": len(measured),
            "calls_in_time": count(waits, lambda wait: wait <= 15),
            "calls_waited": len(waits),
            "calls_wait": sum(waits),
        }

    def door(self) -> dict[str, int]:
        visits = [
            row
            for row in Visit.objects.all()
            if self.then(row.on)
            and row.state == "served"
            and row.kind in ("walk_in", "booking")
            and self.of_station(row.station_id)
        ]
        rated = [row.grade for row in visits if row.grade is not None]
        handouts = [
            row for row in Handout.objects.all() if self.then(row.on) and self.of_station(row.station_id)
        ]
        opinions = [
            row
            for row in Opinion.objects.all()
            if self.then(row.on)
            and row.source in ("reception", "proposal")
            and self.of_station(row.station_id)
        ]
        return {
            "visits": len(visits),
            "visit_ratings": len(rated),
            "visit_ratings_content": count(rated, lambda grade: grade > 2),
            "visits_late": count(visits, is_late),
            "handouts_late": count(handouts, is_late),
            "guides": sum(row.count for row in handouts if row.material == "guide"),
            "posters": sum(row.count for row in handouts if row.material == "poster"),
            "opinions": len(opinions),
        }

    def days(self) -> dict[str, int]:
        days = {row.pk: row for row in ServiceDay.objects.all() if self.then(row.on)}
        days = {pk: row for pk, row in days.items() if self.there(row.region_id)}
        records = [row for row in DayRecord.objects.all() if row.day_id in days]
        return {
            "service_days": count(days.values(), lambda row: row.state == "held"),
            "day_consultations": count(records, lambda row: row.kind == "consultation"),
            "day_aid": count(records, lambda row: row.kind == "legal_aid_accepted"),
            "day_notary_home": count(records, lambda row: row.kind == "notary_home_booking"),
        }

    def aid(self) -> dict[str, int]:
        asked = [self.cases[row.case_id] for row in Application.objects.all()]
        asked = [row for row in asked if self.then(row.opened_at) and row.state != "merged"]
        decisions = list(Decision.objects.order_by("made_at", "pk"))
        made = [row for row in decisions if row.state in ("made", "overturned")]
        made = [row for row in made if self.then(row.made_at) and self.of_case(row.case_id)]
        on_request = [row for row in made if row.kind in ("grant", "refuse")]
        firsts: dict[int, Assignment] = {}
        for row in Assignment.objects.order_by("assigned_at", "pk"):
            firsts.setdefault(row.case_id, row)
        assigned = [
            row for row in firsts.values() if self.then(row.assigned_at) and self.of_case(row.case_id)
        ]
        ended = [row for row in self.ended() if row.kind == "legal_aid"]
        trips = [row for row in Visit.objects.all() if row.state == "served"]
        trips = [row for row in trips if row.kind in ("walk_in", "booking")]
        return {
            "aid_asked": count(asked, lambda row: self.there(row.region_id)),
            "aid_decided": len(on_request),
            "aid_given": count(made, lambda row: row.kind in GIVES),
            "aid_refused": count(made, lambda row: row.kind == "refuse"),
            "aid_assigned": len(assigned),
            "aid_ended": len(ended),
            "aid_days_to_decision": sum(
                whole(row.made_at - self.cases[row.case_id].opened_at) for row in on_request if row.made_at
            ),
            "aid_days_to_assignment": sum(waited(row, decisions) for row in assigned),
            "aid_trips": sum(count(trips, lambda trip, pk=case.pk: trip.case_id == pk) for case in ended),
        }

    def mediation(self) -> dict[str, int]:
        ended = [
            row
            for row in Mediation.objects.all()
            if self.then(row.ended_at) and row.begun_at and self.cases[row.case_id].state != "merged"
        ]
        ended = [row for row in ended if self.of_case(row.case_id)]
        ruled = [row for row in Agreement.objects.all() if row.confirmation in ("confirmed", "rejected")]
        ruled = [row for row in ruled if self.then(row.decided_on) and self.of_case(row.case_id)]
        due = [row for row in Term.objects.select_related("agreement") if self.then(row.due_on)]
        due = [
            row for row in due if row.agreement.state == "effective" and self.of_case(row.agreement.case_id)
        ]
        return {
            "mediations_ended": len(ended),
            "mediations_agreed": count(ended, lambda row: row.outcome == "agreed"),
            "mediations_ruled": len(ruled),
            "mediations_confirmed": count(ruled, lambda row: row.confirmation == "confirmed"),
            "mediation_terms_due": len(due),
            "mediation_terms_done": count(due, lambda row: row.state == "done"),
        }

    def register(self) -> dict[str, int]:
        there = [row for row in self.standing() if self.there(row.region_id)]
        people = [row for row in Worker.objects.all() if row.is_active and self.there(row.region_id)]
        offered: dict[str, set[str]] = {}
        for line in StationLine.objects.all():
            offered.setdefault(line.station_id, set()).add(line.line)
        lacking = [row for row in there if NEEDED.get(row.tier, set()) - offered.get(row.code, set())]
        return {
            "stations_required": len(there),
            "stations_built": count(there, lambda row: row.is_built),
            "own_premises": count(there, lambda row: row.own_premises),
            "stations_lacking": count(lacking, lambda row: row.is_built),
            "windows": sum(row.windows for row in there),
            "hotline_seats": sum(row.hotline_seats for row in there),
            "kiosks": sum(row.kiosks for row in there),
            "people": len(people),
            "savvy_people": count(people, lambda row: row.post == "law_savvy_villager"),
            "advisers": count(people, lambda row: row.post == "village_lawyer"),
            "villages": len(self.villages_there()),
        }

    def standing(self) -> list[Station]:
        return [row for row in self.stations.values() if not row.closed_on or row.closed_on > self.last]

    def villages_there(self) -> list[Region]:
        rows = [row for row in Region.objects.all() if row.level == "village" and self.there(row.code)]
        rows = [row for row in rows if row.valid_from is None or row.valid_from <= self.last]
        return [row for row in rows if row.valid_to is None or row.valid_to >= self.last]

    def silence(self) -> dict[str, int]:
        heard = {row.station_id for row in self.cases.values() if self.then(row.opened_at)}
        heard |= {row.station_id for row in Visit.objects.all() if self.then(row.on)}
        heard |= {row.station_id for row in Handout.objects.all() if self.then(row.on)}
        heard |= {row.station_id for row in Call.objects.all() if self.then(row.offered_at)}
        silent = [row for row in self.standing() if row.is_built and self.there(row.region_id)]
        return {"stations_silent": count(silent, lambda row: row.code not in heard)}

    def pay(self) -> dict[str, int]:
        rows = [row for row in Piece.objects.all() if row.state in ("earned", "sheeted")]
        rows = [row for row in rows if self.then(row.done_on) and self.there(row.region_id)]
        return {
            "subsidy_pieces": len(rows),
            "subsidy_amount": sum(int(row.amount * 100) for row in rows),
            "subsidy_sheeted": sum(int(row.amount * 100) for row in rows if row.state == "sheeted"),
        }

    def villages(self) -> dict[str, int]:
        rows = [row for row in VillageVisit.objects.all() if row.struck_at is None and self.then(row.on)]
        rows = [row for row in rows if self.there(row.region_id)]
        asked = [row for row in Supervision.objects.all() if self.then(row.opened_at)]
        asked = [row for row in asked if self.of_case(row.case_id)]
        taught = [row for row in Training.objects.select_related("worker") if self.then(row.on)]
        return {
            "village_visits": len(rows),
            "village_people": sum(row.people for row in rows),
            "village_lectures": count(rows, lambda row: row.kind == "lecture"),
            "adviser_days": len({(row.region_id, row.on) for row in rows if self.month_is_whole(row.on)}),
            "savvy_trainings": count(taught, lambda row: self.there(row.worker.region_id)),
            "supervisions": len(asked),
            "supervisions_answered": count(asked, lambda row: row.answered_at is not None),
        }

    def month_is_whole(self, day: date) -> bool:
        first = day.replace(day=1)
        return self.first <= first and month_end(first) <= self.last

    def quota(self) -> dict[str, int]:
        """Village by village, month by month."""
        classes = {row.region_id: row.village_class for row in Village.objects.all()}
        rules = [row for row in QuotaRule.objects.all() if row.code == "visits"]
        months = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        ends = [day for day in months if day == month_end(day) and self.month_is_whole(day)]
        owed = sum(
            owed_on(day, classes.get(row.code, ""), rules) for row in self.villages_there() for day in ends
        )
        return {"adviser_days_owed": owed}


GIVES = ("grant", "first", "notice")


def count(rows: Iterable[Any], holds: Callable[..., bool]) -> int:
    return sum(1 for row in rows if holds(row))


def is_order(row: Case) -> bool:
    return row.channel in NET and not row.is_instant


def ran_out(row: Clock) -> bool:
    return row.raised_at is not None or (row.done_at is not None and row.done_at > row.due_at)


def is_late(row: Any) -> bool:
    """Written down after the third day."""
    end = datetime.combine(row.on + timedelta(days=4), datetime.min.time())
    return bool(row.written_at > timezone.make_aware(end))


def waited(row: Assignment, decisions: list[Decision]) -> int:
    """From the first decision that gives, made until then, to the assignment."""
    for one in decisions:
        if (
            one.case_id == row.case_id
            and one.kind in GIVES
            and one.made_at
            and one.made_at <= row.assigned_at
        ):
            return whole(row.assigned_at - one.made_at)
    return 0


def month_end(day: date) -> date:
    after = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return after - timedelta(days=1)


def owed_on(day: date, village_class: str, rules: list[QuotaRule]) -> int:
    """Of a village's own class before that of every class."""
    there = [row for row in rules if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)]
    own = [row for row in there if row.village_class == village_class]
    best = (own or [row for row in there if row.village_class == ""])[-1:]
    return best[0].amount if best else 0
