"""What of the registers a person may keep: objects of other parts of the tree are not found (404)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mingbai.people.models import User
from mingbai.people.perms import Scopes, region_codes, scopes
from mingbai.people.roles import Permission
from mingbai.places.models import Organisation, Region, Station
from mingbai.places.queries import register
from mingbai.places.rules import RegionRow, Register, StationRow
from mingbai.web.where import full_name

Groups = list[tuple[str, list[tuple[str, str]]]]


@dataclass
class Keeper:
    """A person and one permission: where they hold it."""

    user: User
    permission: Permission

    @cached_property
    def places(self) -> Register:
        return register()

    @cached_property
    def scopes(self) -> Scopes:
        return scopes(self.user, self.permission)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Every region code of the subtrees."""
        return region_codes(self.scopes)

    @property
    def is_city_wide(self) -> bool:
        """What holds for the whole city is kept by who holds the whole city."""
        return bool(self.scopes.everywhere_cities)

    @cached_property
    def stations(self) -> frozenset[str]:
        """The codes of every station within."""
        below = {row.code for row in self.places.stations.values() if row.region in self.codes}
        return self.scopes.stations | below

    def region(self, code: str) -> Region:
        if code not in self.codes:
            raise Http404
        return get_object_or_404(Region.objects.select_related("parent"), code=code)

    def station(self, code: str) -> Station:
        if not self.scopes.has_station(code):
            raise Http404
        return get_object_or_404(Station.objects.select_related("region", "substitute"), code=code)

    def organisation(self, pk: int) -> Organisation:
        return get_object_or_404(Organisation.objects.select_related("region"), pk=pk, region__in=self.codes)

    # ── what a form offers ──

    def region_choices(self, *levels: str) -> Groups:
        """The living regions within, by county; `levels` narrows them."""
        today = timezone.localdate()
        rows = [self.places.regions[code] for code in self.codes if code in self.places.regions]
        living = [row for row in rows if row.is_valid(today) and (not levels or row.level in levels)]
        return self._grouped([(row.code, self.said(row), row) for row in living])

    def station_choices(self, codes: frozenset[str] | None = None) -> Groups:
        """The stations within that are not shut for good, by county."""
        today = timezone.localdate()
        found = [self.places.stations[c] for c in (self.stations if codes is None else codes)]
        return self._grouped(
            [
                (row.code, row.name, self.places.regions[row.region])
                for row in found
                if not row.is_closed(today)
            ]
        )

    def said(self, row: RegionRow) -> str:
        return full_name(self.places, row.code) or row.name

    def _grouped(self, rows: list[tuple[str, str, RegionRow]]) -> Groups:
        groups: dict[str, list[tuple[str, str]]] = {}
        for code, name, region in sorted(rows, key=lambda row: row[0]):
            county = self.places.county_of(region.code) or self.places.city_of(region.code) or region.code
            groups.setdefault(county, []).append((code, name))
        return [(self.places.regions[code].name, found) for code, found in sorted(groups.items())]

    def county_choices(self) -> list[tuple[str, str]]:
        """What a list is narrowed by: counties, or the townships of one."""
        today = timezone.localdate()
        whole = sorted(self.scopes.everywhere_cities | self.scopes.counties)
        return [(row.code, row.name) for code in whole for row in self.places.children(code, today)]

    def row_of(self, station: str) -> StationRow | None:
        return self.places.stations.get(station)


def keeper(request: HttpRequest, permission: Permission) -> Keeper:
    user: Any = request.user
    return Keeper(user, permission)
