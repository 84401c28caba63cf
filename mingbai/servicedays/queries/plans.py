"""The plan board: the days of a month with what a row shows, and the draft beside its proposal."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from mingbai.people.models import User
from mingbai.servicedays.enums import DayState, RunState
from mingbai.servicedays.models import Plan, PlanRun, ServiceDay
from mingbai.servicedays.queries.month import held_days, month_of
from mingbai.servicedays.rules.building import build
from mingbai.servicedays.rules.weighing import Break, Effect, Held, breaks, weigh


def plans_of(user: User) -> QuerySet[Plan]:
    """The plans in the user's reach, newest month first."""
    found: QuerySet[Plan] = Plan.objects.visible_to(user).select_related("region")
    return found.order_by("-month", "region_id", "-id")


def board_days(plan: Plan) -> list[ServiceDay]:
    """The days of a plan by date, with place and team: three queries."""
    days = plan.days.exclude(state=DayState.CANCELLED).select_related("region", "station")
    return list(days.order_by("on", "region_id").prefetch_related("team__worker"))


def broken(plan: Plan) -> list[Break]:
    """Every rule that the plan breaks now, in words."""
    data = month_of(plan.region_id, plan.month, plan=plan, today=timezone.localdate())
    return breaks(build(data), held_days(plan))


def latest_proposal(plan: Plan) -> PlanRun | None:
    return plan.runs.filter(state=RunState.DONE).order_by("-ended_at", "-id").first()


@dataclass(frozen=True)
class Compared:
    """The draft against a proposal: what differs, and what the draft costs more (cost ≥ 0: worse)."""

    run: PlanRun
    effect: Effect
    only_proposed: tuple[Held, ...]
    only_drafted: tuple[Held, ...]
    other_team: tuple[tuple[Held, Held], ...]


def compare(plan: Plan, run: PlanRun) -> Compared:
    """How people have changed a proposal, and by the planner's measure what for."""
    data = month_of(plan.region_id, plan.month, plan=plan, today=timezone.localdate())
    drafted, proposed = held_days(plan), proposed_days(run)
    first = {(held.spot, held.on): held for held in proposed}
    second = {(held.spot, held.on): held for held in drafted}
    return Compared(
        run=run,
        effect=weigh(build(data), proposed, drafted),
        only_proposed=tuple(held for key, held in first.items() if key not in second),
        only_drafted=tuple(held for key, held in second.items() if key not in first),
        other_team=tuple(
            (first[key], second[key])
            for key in first.keys() & second.keys()
            if first[key].team != second[key].team
        ),
    )


def proposed_days(run: PlanRun) -> list[Held]:
    """The days of a proposal in the board's shape."""
    return [
        Held(
            held["place"],
            date.fromisoformat(held["on"]),
            {member["person"]: member["skill"] for member in held["team"]},
        )
        for held in run.result.get("service_days", [])
    ]
