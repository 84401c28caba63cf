"""Dossier: one matter as a page holds it; each part is read once, and only where the page asks for it."""

from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone

from mingbai.cases.enums import ExtensionState
from mingbai.cases.models import (
    Attachment,
    Case,
    CoHandler,
    Extension,
    Handover,
    Message,
    PaperAsked,
    Rating,
    Resident,
    RiskCard,
)
from mingbai.cases.queries import (
    ClockView,
    Known,
    Line,
    clock_views,
    doubles_of,
    history_of,
    known_people,
)
from mingbai.people.models import Worker
from mingbai.people.queries import staffing
from mingbai.web.desk.reach import Here, offer_of


@dataclass
class Dossier:
    """`shown` holds the residents whose values were just asked for, with an entry in the journal."""

    case: Case
    here: Here
    shown: set[int] = field(default_factory=set)

    @cached_property
    def history(self) -> list[Line]:
        """Oldest first. It is the table of contents: what it does not tell of is not asked for."""
        return history_of(self.case)

    def _tells_of(self, verb: str) -> bool:
        return any(line.verb == verb for line in self.history)

    @property
    def owner(self) -> Worker | None:
        """Who works it; somebody who has left the register holds nothing."""
        owner = self.case.owner
        return owner if owner and owner.is_active else None

    @property
    def is_owner_away(self) -> bool:
        """On leave today, with nobody standing in: a colleague may take the matter up."""
        owner = self.owner
        return owner is not None and staffing().present(owner.pk, timezone.localdate()) is None

    @cached_property
    def offer(self) -> Handover | None:
        """The hand-over that waits for an answer."""
        return offer_of(self.case, self.here.places)

    @cached_property
    def helpers(self) -> list[CoHandler]:
        """Who still helps."""
        if not self._tells_of("case.help_asked"):
            return []
        return list(self.case.co_handlers.filter(done_at=None).select_related("station", "worker"))

    @cached_property
    def clocks(self) -> list[ClockView]:
        return clock_views(self.case)

    @cached_property
    def extensions(self) -> list[Extension]:
        """Requests for more time that nobody has decided."""
        if not self._tells_of("case.extension_asked"):
            return []
        asked = Extension.objects.filter(clock__case=self.case, state=ExtensionState.ASKED)
        return list(asked.order_by("asked_at", "id"))

    @cached_property
    def messages(self) -> list[Message]:
        said = list(self.case.messages.all())
        for message in said:
            message.case = self.case  # its text is sealed under the matter's key
        return said

    @cached_property
    def papers(self) -> list[PaperAsked]:
        return list(self.case.papers_asked.all()) if self._tells_of("case.asked") else []

    @cached_property
    def files(self) -> list[Attachment]:
        files = list(self.case.attachments.all()) if self._tells_of("case.attached") else []
        for file in files:
            file.case = self.case
        return files

    @cached_property
    def risk_cards(self) -> list[RiskCard]:
        """What the text warns of, in the order it was found."""
        if not self.case.at_risk and not self._tells_of("case.risk_reported"):
            return []
        cards = list(self.case.risk_cards.all())
        for card in cards:
            card.case = self.case
        return cards

    @property
    def rating(self) -> Rating | None:
        rating: Rating | None = getattr(self.case, "rating", None)
        if rating is not None:
            rating.case = self.case
        return rating

    @property
    def people(self) -> list[Resident]:
        """Who speaks and whose matter it is, once each."""
        both = {person.pk: person for person in (self.case.speaker, self.case.party) if person}
        return list(both.values())

    @cached_property
    def known(self) -> list[Known]:
        """People of earlier matters who may be the same."""
        person = self.case.speaker or self.case.party
        if person is None:
            return []
        found = known_people(
            phone=person.phone, id_number=person.id_number, name=person.name, user=self.here.user
        )
        own = {one.pk for one in self.people} | {one.merged_into_id for one in self.people}
        return [known for known in found if known.resident.pk not in own]

    @cached_property
    def doubles(self) -> list[Case]:
        return doubles_of(self.case, self.here.user)
