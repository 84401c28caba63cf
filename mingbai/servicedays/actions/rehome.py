"""The place, county and city of a need follow the division tree."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.places.queries import register
from mingbai.servicedays.actions._record import Spot, spot_of
from mingbai.servicedays.models import Need


@transaction.atomic
def rehome(*, by: Actor, region: str) -> int:
    """Write anew where the open needs below a region are counted; return how many moved.

    No entry per need, as with matters: the tree's own change stands in the region's history.
    """
    below, today = register().subtree(region), timezone.localdate()
    regions = Need.objects.open().filter(region_id__in=below).values_list("region_id", flat=True).distinct()
    return sum(_move(code, today) for code in sorted(regions))


def _move(code: str, today: date) -> int:
    place: Spot = spot_of(code, today)
    moved = Need.objects.open().filter(region_id=code)
    return moved.exclude(
        region_id=place.region, spot_id=place.spot, city=place.city, county=place.county
    ).update(region_id=place.region, spot_id=place.spot, city=place.city, county=place.county)
