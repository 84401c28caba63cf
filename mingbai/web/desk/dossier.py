"""Dossier: one matter as a page holds it; each part is read once, and only where the page asks for it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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
from mingbai.legalaid.enums import DecisionState
from mingbai.legalaid.line import KIND
from mingbai.legalaid.models import AidReport, Application, Assignment, Decision, Objection
from mingbai.legalaid.perms import can_report
from mingbai.legalaid.queries import Review, review_of
from mingbai.legalaid.queries.approval import decides_alone
from mingbai.legalaid.queries.candidates import candidates
from mingbai.legalaid.queries.file import file_of
from mingbai.legalaid.rules.file import Line as FileLine
from mingbai.legalaid.rules.rotation import Place
from mingbai.papers.models import Paper
from mingbai.papers.queries import papers_of
from mingbai.people.models import Worker
from mingbai.people.queries import staffing
from mingbai.web.desk.mediation_folder import Folder, folder_of
from mingbai.web.desk.reach import Here, offer_of

PARTIES = 0
"""Stands in `shown` for the parties of a mediation."""


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
        told = self._tells_of("case.asked") or self._tells_of("aid.stated")
        return list(self.case.papers_asked.all()) if told else []

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

    @cached_property
    def issued(self) -> list[Paper]:
        """Papers of the house, oldest first, void ones too."""
        return list(papers_of(self.case.chain)) if self._tells_of("paper.issued") else []

    # ── legal aid ──

    @cached_property
    def aid(self) -> Application | None:
        """The application of a matter of legal aid; None for every other matter."""
        if self.case.kind != KIND or not self.case.stage or self.case.merged_into_id:
            return None  # a merged one is worked where it rests
        found = Application.objects.filter(case=self.case).select_related("opponent_firm").first()
        if found is not None:
            found.case = self.case
        return found

    @cached_property
    def aid_review(self) -> Review:
        assert self.aid is not None
        return review_of(self.aid, today=timezone.localdate())

    @cached_property
    def aid_needs_another(self) -> bool:
        """Whoever reads this works it, and here another one decides."""
        return decides_alone(self.case, self.here.user, timezone.localdate())

    @cached_property
    def aid_decisions(self) -> list[Decision]:
        return self._of_aid(self.case.aid_decisions.all()) if self.aid else []

    @property
    def aid_proposal(self) -> Decision | None:
        """What waits for a second person."""
        waiting = (each for each in self.aid_decisions if each.state == DecisionState.PROPOSED)
        return next(waiting, None)

    @cached_property
    def aid_objections(self) -> list[Objection]:
        told = self._tells_of("aid.objected")
        return self._of_aid(self.case.aid_objections.all()) if told else []

    @cached_property
    def aid_assignments(self) -> list[Assignment]:
        told = self._tells_of("aid.assigned")
        return self._of_aid(self.case.aid_assignments.select_related("worker", "firm")) if told else []

    @cached_property
    def aid_reports(self) -> list[AidReport]:
        told = self._tells_of("aid.assigned")
        return self._of_aid(self.case.aid_reports.all()) if told else []

    @cached_property
    def aid_file(self) -> list[FileLine]:
        """What the file must hold, once somebody works the matter; for those who work it and decide on it."""
        if not (self.aid and self.aid_reports and can_report(self.here.user, self.case)):
            return []
        return file_of(self.case, self.aid, today=timezone.localdate())

    @cached_property
    def aid_candidates(self) -> list[Place]:
        return candidates(self.case, timezone.now())

    @cached_property
    def mediation(self) -> Folder | None:
        """What a mediation holds; None for every other matter."""
        return folder_of(self.case, self._tells_of)

    def _of_aid(self, rows: Any) -> list[Any]:
        found = list(rows)
        for row in found:
            row.case = self.case  # their texts are sealed under the matter's key
        return found
