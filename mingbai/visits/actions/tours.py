"""Tours of home visits: where a home is, the order that is proposed, the order that a person sets."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.visits.actions._record import enter, locked, now_or
from mingbai.visits.enums import VisitKind, VisitState
from mingbai.visits.models import Opening, Visit
from mingbai.visits.queries.tours import pace_for, point_at, stops_of, tour_of
from mingbai.visits.rules.tours import moved, point_of, with_unplaced
from mingbai.visits.solver.tour import ordered


@transaction.atomic
def place_home(*, by: Actor, visit: Visit, spot: str, at: datetime | None = None) -> Visit:
    """Where the home is: "latitude,longitude" in degrees, "" for not known. Kept under the visit's key.

    Raises Refused "not_home", "bad_spot".
    """
    at, found = now_or(at), locked(visit)
    if found.kind != VisitKind.HOME:
        raise Refused(_("这不是上门服务。"), code="not_home")
    point = point_of(spot) if spot.strip() else None
    if spot.strip() and point is None:
        raise Refused(_("坐标写成“纬度,经度”，例如 41.873,123.957。"), code="bad_spot", field="spot")
    found.spot = f"{point[0]:.6f},{point[1]:.6f}" if point else ""
    found.save(update_fields=["spot_sealed"])
    enter(found, "placed", by, at, known=point is not None)
    return found


def order_tour(*, by: Actor, opening: Opening, on: date, at: datetime | None = None) -> list[Visit]:
    """Put the homes that are still to be visited in the order that keeps the times promised and drives least.

    What is over stays before them. Homes whose place is unknown keep the order in which they were entered.
    The order is a proposal: `move_stop` changes it. Raises Refused "no_tour" where nobody is to be visited.
    """
    rows = list(tour_of(opening, on).select_related("station"))
    todo = [visit for visit in rows if visit.state == VisitState.BOOKED]
    if not todo:
        raise Refused(_("这一天没有要上门的了。"), code="no_tour")
    todo.sort(key=lambda visit: (visit.starts_at or visit.at, visit.pk))
    stops = {stop.key: stop for stop in stops_of(todo)}
    placed = [stop for stop in stops.values() if stop.point is not None]
    best = ordered(placed, point_at(todo[0].station), pace_for(on))
    over = [visit.pk for visit in rows if visit.state != VisitState.BOOKED]
    return _in_turn(by, opening, on, [*over, *with_unplaced(best, stops)], now_or(at), "ordered")


def move_stop(*, by: Actor, visit: Visit, to: int, at: datetime | None = None) -> list[Visit]:
    """This home at that place of the tour (1 is the first). Raises Refused "not_home"."""
    if visit.kind != VisitKind.HOME or visit.opening is None:
        raise Refused(_("这不是上门服务。"), code="not_home")
    order = list(tour_of(visit.opening, visit.on).values_list("pk", flat=True))
    return _in_turn(by, visit.opening, visit.on, moved(order, visit.pk, to), now_or(at), "moved_in_tour")


@transaction.atomic
def _in_turn(
    by: Actor, opening: Opening, on: date, order: Sequence[int], at: datetime, verb: str
) -> list[Visit]:
    """Number them; who was booked since the order was thought of comes after all others."""
    rows = {visit.pk: visit for visit in tour_of(opening, on).select_for_update(of=("self",))}
    whole = [rows[pk] for pk in order if pk in rows]
    whole += [visit for visit in rows.values() if visit not in whole]
    for turn, visit in enumerate(whole, start=1):
        if visit.tour_seq != turn:
            visit.tour_seq = turn
            visit.save(update_fields=["tour_seq"])
    enter(opening, verb, by, at, on=on.isoformat(), homes=len(whole))
    return whole
