"""Whose matters the board counts: where this person holds BOARD_SEE, or a part of that."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from mingbai.cases.models import Case, CaseQuerySet
from mingbai.cases.perms import stations_of
from mingbai.people.models import User
from mingbai.people.perms import Scopes, scopes
from mingbai.people.roles import Permission
from mingbai.places.enums import Level
from mingbai.places.queries import register
from mingbai.places.rules import Register
from mingbai.web.where import Choices


@dataclass
class BoardReach:
    """`asked` is the region of the address; one outside the own reach is as if none was asked for."""

    user: User
    asked: str = ""

    @cached_property
    def places(self) -> Register:
        return register()

    @cached_property
    def scopes(self) -> Scopes:
        return scopes(self.user, Permission.BOARD_SEE)

    @cached_property
    def region(self) -> str:
        return self.asked if self.asked in self.places.regions and self.scopes.has_region(self.asked) else ""

    @property
    def cases(self) -> CaseQuerySet:
        """Not `visible_to`: figures may be seen without opening the matters behind them (finance)."""
        found: CaseQuerySet = Case.objects.filter(self._whole(), self._part())
        return found

    def _whole(self) -> Q:
        if self.scopes.everywhere_cities:
            return Q(city__in=self.scopes.everywhere_cities)
        found = Q(county__in=self.scopes.counties) if self.scopes.counties else Q(pk__in=[])
        stations = stations_of(self.scopes)
        return found | Q(station_id__in=stations) if stations else found

    def _part(self) -> Q:
        if not self.region:
            return Q()
        level = self.places.regions[self.region].level
        if level in (Level.CITY, Level.COUNTY):
            return Q(**{str(level): self.region})
        below = self.places.subtree(self.region)
        return Q(station_id__in=[row.code for row in self.places.stations.values() if row.region in below])

    def opened(self, cases: list[Case]) -> frozenset[int]:
        """Of these matters, those that this person may open."""
        if not cases:
            return frozenset()
        seen = Case.objects.visible_to(self.user).filter(pk__in=[case.pk for case in cases])
        return frozenset(seen.values_list("pk", flat=True))

    def regions(self) -> Choices:
        """The counties of a city, the townships of a county: what the board can be narrowed to."""
        today = timezone.localdate()
        whole = sorted(self.scopes.everywhere_cities | self.scopes.counties)
        return [(row.code, row.name) for code in whole for row in self.places.children(code, today)]

    @property
    def name(self) -> str:
        """What the page is about: the region asked for, else the own one."""
        if self.region:
            return self.places.regions[self.region].name
        whole = sorted(self.scopes.everywhere_cities) or sorted(self.scopes.counties)
        if whole:
            return "、".join(self.places.regions[code].name for code in whole)
        stations = sorted(stations_of(self.scopes))
        return self.places.stations[stations[0]].name if stations else ""
