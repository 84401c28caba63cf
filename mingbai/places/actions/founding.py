"""Founding a city: its regions, the station that each must have, the bureaus and centres in charge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.places.actions.calendar import prepare
from mingbai.places.actions.revision import touch
from mingbai.places.enums import Charge, Level, OrganisationKind, Tier
from mingbai.places.models import Organisation, Region, Station, StationLine, Tenure
from mingbai.places.record import enter_new
from mingbai.places.rules.divisions import TIER_OF, Division, checked, station_name
from mingbai.places.rules.lines import required

Progress = Callable[[int, int], None]
_EVERY = 100
_CENTRES = (Level.CITY, Level.COUNTY)


@dataclass
class Founded:
    """What a founding added, and the codes whose name or parent here differs from the file's (left alone)."""

    city: str
    regions: int = 0
    stations: int = 0
    organisations: int = 0
    differing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _InCharge:
    operator: Organisation
    supervisor: Organisation


def _silent(done: int, whole: int) -> None:
    """Progress that nobody watches."""


@transaction.atomic
def found_city(
    *, by: Actor, divisions: Sequence[Division], source: str = "", progress: Progress = _silent
) -> Founded:
    """Add what is missing of a city's divisions, all or nothing; a second run adds nothing.

    The centres of city and counties are founded as working, with the lines they must offer, since somebody
    has to receive; stations and studios are required but not built until that is recorded. A region that is
    here under another name or parent stays as it is and is reported. Raises Refused "bad_divisions".
    """
    divisions = checked(divisions)
    prepare(by=by)
    founded = Founded(divisions[0].code)
    regions = _found_regions(divisions, founded, by, source, progress)
    charges = _found_organisations([d for d in divisions if d.level in _CENTRES], regions, founded, by)
    _found_stations(divisions, regions, charges, founded, by, progress)
    if founded.regions or founded.stations:
        touch(by=by)
    return founded


def _found_regions(
    divisions: Sequence[Division], founded: Founded, by: Actor, source: str, progress: Progress
) -> dict[str, Region]:
    regions = {region.code: region for region in Region.objects.order_by("code")}
    added = []
    for division in divisions:
        known = regions.get(division.code)
        if known is None:
            regions[division.code] = _region(division, regions)
            added.append(regions[division.code])
        elif (known.name, known.level) != (division.name, division.level) or (
            (known.parent_id or division.parent) != division.parent
        ):
            founded.differing.append(division.code)
    for rows in _by_level(added):
        Region.objects.bulk_create(rows, batch_size=500)
    for n, region in enumerate(added, start=1):
        said = {
            "name": region.name,
            "level": region.level,
            "parent": region.parent_id,
            "source": source[:200],
        }
        enter_new(region, "created", by, **said)
        if n % _EVERY == 0:
            progress(n, 2 * len(divisions))
    founded.regions = len(added)
    return regions


def _region(division: Division, regions: dict[str, Region]) -> Region:
    parent = regions[division.parent] if division.level != Level.CITY else None
    path = f"{parent.path}.{division.code}" if parent else division.code
    return Region(code=division.code, name=division.name, level=division.level, parent=parent, path=path)


def _by_level(regions: Sequence[Region]) -> list[list[Region]]:
    """Parents before children: PostgreSQL would take them at once, but batches must not be cut between."""
    return [rows for level in Level if (rows := [region for region in regions if region.level == level])]


def _found_organisations(
    centres: Sequence[Division], regions: dict[str, Region], founded: Founded, by: Actor
) -> dict[str, _InCharge]:
    known = {(o.region_id, o.kind): o for o in Organisation.objects.order_by("-id")}
    taken = set(Organisation.objects.values_list("name", flat=True))
    city = centres[0].name

    def organisation(centre: Division, kind: OrganisationKind, name: str) -> Organisation:
        found = known.get((centre.code, kind))
        if found is None:
            # 鼓楼区司法局 exists in several cities: the second one is written with its city.
            name = f"{city}{name}" if name in taken else name
            found = Organisation.objects.create(name=name, kind=kind, region=regions[centre.code])
            taken.add(name)
            enter_new(found, "created", by, name=name, kind=kind, region=found.region_id)
            founded.organisations += 1
        return found

    return {
        centre.code: _InCharge(
            operator=organisation(centre, OrganisationKind.CENTRE, station_name(centre.name, centre.level)),
            supervisor=organisation(centre, OrganisationKind.BUREAU, f"{centre.name}司法局"),
        )
        for centre in centres
    }


def _found_stations(
    divisions: Sequence[Division],
    regions: dict[str, Region],
    charges: dict[str, _InCharge],
    founded: Founded,
    by: Actor,
    progress: Progress,
) -> None:
    there = set(Station.objects.values_list("code", flat=True))
    missing = [d for d in divisions if d.code not in there and regions[d.code].valid_to is None]
    stations = [_station(division, regions) for division in missing]
    Station.objects.bulk_create(stations, batch_size=300)
    StationLine.objects.bulk_create(
        [StationLine(station=s, line=line) for s in stations if s.is_built for line in required(s.tier)],
        batch_size=500,
    )
    today = timezone.localdate()
    in_charge = {station.code: _above(station.region, charges) for station in stations}
    Tenure.objects.bulk_create(
        [tenure for station in stations for tenure in _tenures(station, in_charge[station.code], today)],
        batch_size=500,
    )
    for n, station in enumerate(stations, start=1):
        charge = in_charge[station.code]
        said = {"operator": charge.operator, "supervisor": charge.supervisor, "is_built": station.is_built}
        enter_new(
            station,
            "created",
            by,
            name=station.name,
            tier=station.tier,
            region=station.region_id,
            **said,
        )
        if n % _EVERY == 0 or n == len(stations):
            progress(len(divisions) + n, 2 * len(divisions))
    founded.stations = len(stations)


def _station(division: Division, regions: dict[str, Region]) -> Station:
    return Station(
        code=division.code,
        name=station_name(division.name, division.level),
        tier=TIER_OF[division.level],
        region=regions[division.code],
        is_built=TIER_OF[division.level] in (Tier.CITY_CENTRE, Tier.COUNTY_CENTRE),
    )


def _above(region: Region, charges: dict[str, _InCharge]) -> _InCharge:
    """Who is in charge of a region's station: the centre and bureau of the county, or of the city."""
    return next(charges[code] for code in reversed(region.path.split(".")) if code in charges)


def _tenures(station: Station, in_charge: _InCharge, on: date) -> list[Tenure]:
    named = {Charge.OPERATOR: in_charge.operator, Charge.SUPERVISOR: in_charge.supervisor}
    return [
        Tenure(station=station, charge=charge, organisation=organisation, valid_from=on)
        for charge, organisation in named.items()
    ]
