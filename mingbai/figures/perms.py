"""Who reads figures: whoever sees the board, below their reach; who oversees a region issues its letters."""

from __future__ import annotations

from typing import Any

from mingbai.people.models import User
from mingbai.people.perms import region_codes, scopes
from mingbai.people.roles import Permission
from mingbai.places.queries import register


def figure_regions(user: User | Any) -> frozenset[str]:
    """The codes of all regions whose figures the user may ask for."""
    return _codes(user, Permission.BOARD_SEE)


def can_see_figures(user: User | Any, region: str) -> bool:
    return region in figure_regions(user)


def can_issue(user: User | Any, region: str) -> bool:
    """Whoever oversees the whole region puts their name under its letter."""
    return region in _codes(user, Permission.CASE_DESIGNATE)


def _codes(user: User | Any, permission: Permission) -> frozenset[str]:
    reach, places = scopes(user, permission), register()
    stations = (places.stations[code].region for code in reach.stations & places.stations.keys())
    return region_codes(reach).union(*(places.subtree(code) for code in stations))
