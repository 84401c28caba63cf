"""How a page of the desk reaches a matter, and where the person at the desk serves."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from mingbai.cases.enums import HandoverState
from mingbai.cases.models import Case, Handover
from mingbai.cases.perms import own_workers, stations_of
from mingbai.people.models import User, Worker
from mingbai.people.perms import scopes
from mingbai.people.roles import Permission
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.places.rules import Register

_SHOWN = ("station", "owner", "speaker", "party", "partner", "region", "merged_into", "rating")
_OFFER = ("pk", "giver_id", "taker_id", "reason", "offered_by", "offered_at")


def case_for(user: User, number: int) -> Case:
    """The matter with all that its page names; 404 where the user may not see it, or it does not exist."""
    seen: QuerySet[Case] = Case.objects.visible_to(user)
    return get_object_or_404(_whole(seen), number=str(number))


def _whole(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With the rows it names, and the open offer: at most one is (handover_one_open), so that a join does."""
    return cases.select_related(*_SHOWN).annotate(
        open=FilteredRelation("handovers", condition=Q(handovers__state=HandoverState.OFFERED)),
        **{f"offer_{name}": F(f"open__{name}") for name in _OFFER},
    )


GIVEN = "given"
"""Session: the numbers this person gave last; a matter may be routed out of the giver's own sight."""


def given_case(request: HttpRequest, number: int) -> Case:
    """A matter that the user may see, or whose number they have just given: the receipt is theirs."""
    if str(number) in request.session.get(GIVEN, ()):
        return get_object_or_404(_whole(Case.objects.filter(number=str(number))), number=str(number))
    return case_for(request.user, number)  # type: ignore[arg-type]


def note_given(request: HttpRequest, number: str) -> None:
    request.session[GIVEN] = [*request.session.get(GIVEN, ()), number][-5:]


def offer_of(case: Case, places: Register) -> Handover | None:
    """The open offer that was read together with the matter, stations named from the register."""
    values = {name: getattr(case, f"offer_{name}", None) for name in _OFFER}
    if values["pk"] is None:
        return None
    offer = Handover(case=case, state=HandoverState.OFFERED, **values)
    for end in ("giver", "taker"):
        row = places.stations[str(values[f"{end}_id"])]
        setattr(offer, end, Station(code=row.code, name=row.name, tier=row.tier, region_id=row.region))
    return offer


@dataclass
class Here:
    """The person at the desk: their row in the register, and the stations where they may work."""

    user: User

    @cached_property
    def places(self) -> Register:
        return register()

    @cached_property
    def worker(self) -> Worker | None:
        worker: Worker | None = getattr(self.user, "worker", None)
        return worker if worker and worker.is_active else None

    @cached_property
    def own(self) -> frozenset[int]:
        """The person's row in the register, and those of the absent they stand in for."""
        return own_workers(self.user)

    @cached_property
    def stations(self) -> frozenset[str]:
        return stations_of(scopes(self.user, Permission.CASE_WORK), whole=True)

    @cached_property
    def home(self) -> str:
        """The station where the person serves, "" where none is known."""
        if self.worker and self.worker.station_id in self.places.stations:
            return str(self.worker.station_id)
        return min(self.stations, default="")

    @property
    def post(self) -> str:
        """Its name, shown under the person's."""
        return self.places.stations[self.home].name if self.home else ""

    @property
    def county(self) -> str:
        """The county of the own station: what a new matter most likely is about."""
        return self.places.county_of(self.places.stations[self.home].region) if self.home else ""
