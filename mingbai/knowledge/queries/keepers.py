"""Who keeps a guide: the people whose grants reach its region."""

from django.db.models import QuerySet
from django.utils import timezone

from mingbai.knowledge.models import Guide
from mingbai.people.models import Grant, User
from mingbai.people.roles import ROLES, Permission
from mingbai.places.queries import register

_KEEPING = [code for code, role in ROLES.items() if Permission.KNOWLEDGE_EDIT in role.permissions]


def keepers_of(guide: Guide) -> QuerySet[User]:
    """Active users who may edit this guide, by name: one query."""
    above = [row.code for row in register().ancestors(guide.region_id)]
    grants = Grant.objects.active(timezone.localdate()).filter(
        role__in=_KEEPING, region_id__in=above, station=None
    )
    return User.objects.filter(is_active=True, pk__in=grants.values("user_id")).order_by("name", "username")
