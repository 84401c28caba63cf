"""Who reads figures: whoever sees the board, below their reach; who oversees a region issues its letters."""

from __future__ import annotations

from typing import Any

from mingbai.people.models import User
from mingbai.people.perms import can, reach
from mingbai.people.roles import Permission


def figure_regions(user: User | Any) -> frozenset[str]:
    """The codes of all regions whose figures the user may ask for."""
    return reach(user, Permission.BOARD_SEE).codes()


def can_see_figures(user: User | Any, region: str) -> bool:
    return region in figure_regions(user)


def can_issue(user: User | Any, region: str) -> bool:
    """Whoever oversees the whole region puts their name under its letter."""
    return region in reach(user, Permission.CASE_DESIGNATE).codes()


def can_see_persons(user: User | Any) -> bool:
    """Figures of single people are for who keeps their register, assigns or designates: `workers_filter` says
    whom of it; the others are one part.
    """
    whose = (Permission.PEOPLE_EDIT, Permission.CASE_ASSIGN, Permission.CASE_DESIGNATE)
    return any(can(user, permission) for permission in whose)
