"""Folder: one mediation as a page holds it; each part read once, and only where the history tells of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.checks import mask_name
from mingbai.mediation.enums import (
    AgreementState,
    Consent,
    Form,
    MediatorState,
    OfferState,
    Outcome,
    PartyKind,
    SessionState,
    Source,
)
from mingbai.mediation.line import KIND
from mingbai.mediation.models import (
    Agreement,
    FollowUp,
    Mediation,
    Mediator,
    Offer,
    Party,
    Pass,
    Signature,
    Sitting,
    Term,
)
from mingbai.mediation.queries.naming import people_for, same_dispute
from mingbai.mediation.queries.online import live_passes
from mingbai.mediation.rules.naming import Person


@dataclass
class Folder:
    """Built for a case that is a mediation; `tells` says whether its history has a verb."""

    row: Mediation
    tells: Callable[[str], bool]
    case: Case = field(init=False)

    def __post_init__(self) -> None:
        self.case = self.row.case

    def _of(self, rows: Any) -> list[Any]:
        found = list(rows)
        for row in found:
            row.case = self.case  # their texts are sealed under the matter's key
        return found

    @cached_property
    def parties(self) -> list[Party]:
        """Everybody who was ever put down."""
        told = self.tells("med.party_added")
        return self._of(self.case.mediation_parties.all()) if told else []

    @property
    def present(self) -> list[Party]:
        return [party for party in self.parties if party.left_at is None]

    @property
    def unasked(self) -> list[Party]:
        return [party for party in self.present if party.consent == Consent.OPEN]

    @cached_property
    def passes(self) -> dict[int, Pass]:
        """Party → with what it takes part on line."""
        return live_passes(self.case, timezone.now()) if self.tells("med.invited") else {}

    @cached_property
    def mediators(self) -> list[Mediator]:
        told = self.tells("med.named")
        return self._of(self.case.mediators.select_related("worker")) if told else []

    @property
    def active(self) -> list[Mediator]:
        return [one for one in self.mediators if one.state == MediatorState.ACTIVE]

    @cached_property
    def sittings(self) -> list[Sitting]:
        told = self.tells("med.planned") or self.tells("med.held")
        return self._of(self.case.sittings.all()) if told else []

    @property
    def planned(self) -> list[Sitting]:
        return [one for one in self.sittings if one.state == SessionState.PLANNED]

    @cached_property
    def offers(self) -> list[Offer]:
        return self._of(self.case.mediation_offers.all()) if self.tells("med.offered") else []

    @property
    def open_offers(self) -> list[Offer]:
        return [one for one in self.offers if one.state == OfferState.OPEN]

    @cached_property
    def agreements(self) -> list[Agreement]:
        told = self.tells("med.drafted") or self.tells("med.agreed_orally")
        return self._of(self.case.agreements.all()) if told else []

    @property
    def draft(self) -> Agreement | None:
        return self._agreement(AgreementState.DRAFT)

    @property
    def effective(self) -> Agreement | None:
        return self._agreement(AgreementState.EFFECTIVE)

    def _agreement(self, state: str) -> Agreement | None:
        return next((each for each in self.agreements if each.state == state), None)

    @property
    def shown_agreement(self) -> Agreement | None:
        """The one that counts now."""
        return self.draft or self.effective or (self.agreements[-1] if self.agreements else None)

    @cached_property
    def terms(self) -> list[Term]:
        """Of the agreement that counts now."""
        agreement = self.shown_agreement
        rows = list(agreement.terms.order_by("due_on", "pk")) if agreement else []
        for row in rows:
            row.agreement = agreement  # type: ignore[assignment]
        return rows

    @cached_property
    def signatures(self) -> list[Signature]:
        agreement = self.shown_agreement
        return list(agreement.signatures.select_related("worker")) if agreement else []

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        told = self.tells("med.visited")
        return self._of(self.case.mediation_follow_ups.all()) if told else []

    @cached_property
    def people(self) -> list[Person]:
        """Who could mediate it, in order."""
        return people_for(self.case, timezone.now())

    @cached_property
    def doubles(self) -> int:
        """Other open mediations between two of these parties."""
        return same_dispute(self.case) if len(self.present) > 1 else 0

    def name_of(self, pk: int | None, *, plain: bool = False) -> str:
        """“2 另一方 钱**”: parties of one surname are told apart by their place."""
        for number, party in enumerate(self.parties, 1):
            if party.pk == pk:
                return f"{number} {party.get_side_display()} {shown_name(party, plain=plain)}"
        return ""


def shown_name(party: Party, *, plain: bool) -> str:
    """An organisation's name is public; a person's is masked unless it was asked for."""
    if plain or party.kind == PartyKind.ORGANISATION:
        return str(party.name)
    return mask_name(party.name)


def folder_of(case: Case, tells: Callable[[str], bool]) -> Folder | None:
    if case.kind != KIND or not case.stage or case.merged_into_id:
        return None  # a merged one is worked where it rests
    row = Mediation.objects.select_related("committee__organisation").filter(case=case).first()
    if row is None:
        return None
    row.case = case
    return Folder(row, tells)


def wanted_papers(folder: Folder, standing: set[str]) -> list[str]:
    """The kinds that have something to say now and no paper yet; minutes and return visits come again."""
    agreement = folder.draft or folder.effective
    held = any(one.state == SessionState.HELD for one in folder.sittings)
    is_oral = agreement is not None and agreement.form == Form.ORAL
    facts = {
        "med_request": folder.row.source == Source.REQUEST and bool(folder.present),
        "med_register": bool(folder.present),
        "med_rights": any(party.told_rights_at for party in folder.present),
        "med_minutes": held,
        "med_agreement": agreement is not None and not is_oral,
        "med_oral": is_oral,
        "med_confirm": folder.effective is not None and folder.effective.confirm_by is not None,
        "med_visit": bool(folder.follow_ups),
        "med_ended": folder.row.outcome in (Outcome.FAILED, Outcome.DECLINED),
    }
    again = {"med_minutes", "med_visit", "med_agreement"}
    return [code for code, holds in facts.items() if holds and (code in again or code not in standing)]
