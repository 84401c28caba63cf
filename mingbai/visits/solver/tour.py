"""One car, homes with promised times: the order that keeps our word first and drives least second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mingbai.visits.rules.tours import Pace, Point, Stop, way

SECONDS = 0.4
"""How long better orders are looked for; a day's tour is found long before."""
LATE_COSTS = 20
"""A second too late weighs as much as so many seconds at the wheel."""
_DAY = 24 * 3600


def ordered(stops: Sequence[Stop], start: Point | None, pace: Pace, *, seconds: float = SECONDS) -> list[int]:
    """The keys of the stops in the order to drive. Every stop has a point.

    Without a `start` the tour begins at whichever home is best and ends at the last, else it comes back.
    """
    if len(stops) < 2:
        return [stop.key for stop in stops]
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    drives, first = _drives(stops, start, pace), min(stop.since for stop in stops)
    manager = pywrapcp.RoutingIndexManager(len(stops) + 1, 1, 0)
    routing = pywrapcp.RoutingModel(manager)

    def drive(a: int, b: int) -> int:
        return drives[manager.IndexToNode(a)][manager.IndexToNode(b)]

    def spent(a: int, b: int) -> int:
        node = manager.IndexToNode(a)
        return drive(a, b) + (int(stops[node - 1].stay.total_seconds()) if node else 0)

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(drive))
    routing.AddDimension(routing.RegisterTransitCallback(spent), _DAY, 3 * _DAY, False, "clock")
    clock = routing.GetDimensionOrDie("clock")
    for number, stop in enumerate(stops, start=1):
        index = manager.NodeToIndex(number)
        clock.CumulVar(index).SetMin(_DAY + _since(stop.since, first))
        clock.SetCumulVarSoftUpperBound(index, _DAY + _since(stop.until, first), LATE_COSTS)
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(seconds * 1000))
    found = routing.SolveWithParameters(search)
    if found is None:  # nothing here can be infeasible but a day longer than three
        return [stop.key for stop in stops]
    order, index = [], found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(index):
        order.append(stops[manager.IndexToNode(index) - 1].key)
        index = found.Value(routing.NextVar(index))
    return order


def _drives(stops: Sequence[Stop], start: Point | None, pace: Pace) -> list[list[int]]:
    """Seconds between all; from and to an unknown start nothing is counted."""
    points = [start, *(stop.point for stop in stops)]
    return [[_seconds(one, other, pace) for other in points] for one in points]


def _seconds(one: Point | None, other: Point | None, pace: Pace) -> int:
    return int(way(one, other, pace)[1].total_seconds()) if one and other else 0


def _since(at: datetime, first: datetime) -> int:
    return int((at - first).total_seconds())
