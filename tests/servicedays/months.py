"""Months to plan, drawn at random: near and far places, rare and busy people, in the planner's format."""

import random
from typing import Any

from mingbai.servicedays.solver.instance import SKILLS, Instance, instance_of


def month(
    seed: int = 1, *, places: int = 8, people: int = 8, days: int = 8, **changes: Any
) -> dict[str, Any]:
    """Decoded JSON of an instance; `changes` replace top-level fields."""
    draw = random.Random(seed)
    return {
        "days": [f"D{day:02d}" for day in range(days)],
        "max_days_per_place": 2,
        "min_gap_days": 2,
        "min_team": {"lawyer": 1, "mediator": 1},
        "max_km_one_way": 90,
        "places": [
            {"code": f"T{t:02d}", "name": f"第{t}乡", "lat": 41.5 + draw.random(), "lon": 124 + draw.random()}
            for t in range(places)
        ],
        "needs": [_need(draw, t, skill) for t in range(places) for skill in SKILLS if draw.random() < 0.8],
        "people": [_person(draw, i, days) for i in range(people)],
    } | changes


def _need(draw: random.Random, t: int, skill: str) -> dict[str, Any]:
    count = draw.choice([0, 1, 3, 6, 14])
    return {"place": f"T{t:02d}", "skill": skill, "count": count, "urgent": draw.randrange(count + 1) // 3}


def _person(draw: random.Random, i: int, days: int) -> dict[str, Any]:
    return {
        "id": f"P{i:02d}",
        "skills": draw.sample(SKILLS, draw.choice([1, 1, 2])),
        "home": [41.5 + draw.random(), 124 + draw.random()],
        "available": [day for day in range(days) if draw.random() < 0.6],
        "max_days": draw.choice([0, 2, 3, 5]),
        "capacity": draw.choice([2, 4, 6]),
    }


def instance(seed: int = 1, **changes: Any) -> Instance:
    return instance_of(month(seed, **changes))
