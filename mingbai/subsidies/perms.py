"""Who sees which pieces of work, and who makes sheets of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from mingbai.people.models import User
from mingbai.people.perms import can, region_codes, scopes
from mingbai.people.roles import Permission
from mingbai.places.queries import register


def pieces_filter(user: User | Any) -> Q:
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    return Q(worker__user_id=user.pk) | Q(region_id__in=pay_regions(user))


def pay_regions(user: User | Any) -> frozenset[str]:
    """The codes of the places whose pieces and sheets the user reads."""
    return region_codes(scopes(user, Permission.SUBSIDY_SEE))


def can_make_sheet(user: User | Any, region: str) -> bool:
    """Cities and counties pay; who keeps a whole one makes its sheet."""
    level = register().regions[region].level if region in register().regions else ""
    return level in ("city", "county") and can(user, Permission.SUBSIDY_EDIT, region=region)
