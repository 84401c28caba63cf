"""The city and county of a matter follow its station when the division tree changes."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.places.queries import register


@transaction.atomic
def rehome(*, by: Actor, region: str) -> int:
    """Write anew where the matters of all stations below the region lie; return how many moved.

    Lists filter by these columns: a township that went to another county takes its matters out of the sight
    of the one and into that of the other. No entry per matter: its owner stays, and the tree's own change is
    in the region's history.
    """
    places = register()
    below, homes = places.subtree(region), defaultdict(list)
    for row in places.stations.values():
        if row.region in below:
            homes[places.city_of(row.region), places.county_of(row.region)].append(row.code)
    return sum(
        Case.objects.filter(~Q(city=city, county=county), station_id__in=codes).update(
            city=city, county=county
        )
        for (city, county), codes in homes.items()
    )
