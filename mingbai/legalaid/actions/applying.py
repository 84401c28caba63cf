"""An application is made, or completed: what is stated is checked and kept; nothing is turned away."""

import json
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter
from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.actions.stages import start_clock, stop_clock
from mingbai.cases.models import Case, PaperAsked
from mingbai.cases.queries import hashed
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import Actor
from mingbai.core.checks import born_on, clean_text
from mingbai.core.refused import Refused
from mingbai.legalaid.actions._record import application_of, decided, held, lead, now_or
from mingbai.legalaid.enums import DecisionKind, Source
from mingbai.legalaid.models import Application
from mingbai.legalaid.queries import catalogue_on
from mingbai.legalaid.rules.application import Terms, checked, claim_of
from mingbai.places.models import Organisation

FORWARD = "aid_forward"


@transaction.atomic
def apply(*, by: Actor, intake: Intake, terms: Terms) -> Opened:
    """Open the matter with its application: one transaction, one number, the receipt is the acceptance.

    The same submission again gives the same matter and changes nothing. Raises Refused: those of `open_case`
    and of `rules.application.checked`.
    """
    opened = open_case(by=by, intake=intake)
    if opened.is_new:
        state(case=opened.case, by=by, terms=terms)
        opened.case.refresh_from_db()
    return opened


@transaction.atomic
def state(*, case: Case, by: Actor, terms: Terms, at: datetime | None = None) -> Application:
    """Keep what the applicant states (again: corrected); an organ's notice is taken at once (Art. 36)."""
    at, case = now_or(at), held(case)
    today = timezone.localdate(at)
    catalogue = catalogue_on(today, region=case.region_id or case.city)
    born = born_on(case.party.id_number) if case.party else None
    clean = checked(terms, catalogue, born=born, now=at, today=today)
    application = application_of(case)
    _fill(application, clean, at)
    application.claim = claim_of(catalogue, clean.matter, clean.belonging, clean.source)
    application.save()
    if clean.handed_at and clean.source == Source.DETAINED:
        _forwarded(case, clean.handed_at, by)
    data = {
        "matter": clean.matter,
        "claim": application.claim,
        "source": clean.source,
        "mandate": clean.mandate,
    }
    enter(case, "aid.stated", by, at, **data)
    if clean.source == Source.NOTIFIED:
        _take_notice(case, clean.organ, by, at)
    return application


def _fill(application: Application, terms: Terms, at: datetime) -> None:
    for name in (
        "source",
        "matter",
        "form",
        "belonging",
        "shown",
        "place_of",
        "body",
        "mandate",
        "hurry",
        "is_grave",
        "organ",
        "handed_at",
    ):
        setattr(application, name, getattr(terms, name))
    said = {"income": terms.income, "heads": terms.heads, "text": terms.means}
    application.means = json.dumps(said, ensure_ascii=False) if any(said.values()) else ""
    application.opponent = terms.opponent
    application.opponent_hash = hashed("name", terms.opponent)
    application.opponent_firm_id = _firm(terms.opponent_firm)
    application.stated_at = at


def _firm(pk: int | None) -> int | None:
    if pk is not None and not Organisation.objects.filter(pk=pk).exists():
        raise Refused(_("没有这家机构，请重新选择。"), code="unknown_firm", field="opponent_firm")
    return pk


def _forwarded(case: Case, handed_at: datetime, by: Actor) -> None:
    """How long the passing on took is shown, met or late; it is not our period (Art. 39)."""
    if case.clocks.filter(subject=FORWARD).exists() or handed_at > case.opened_at:
        return
    start_clock(case=case, by=by, code=FORWARD, subject=FORWARD, at=handed_at)
    stop_clock(case=case, by=by, subject=FORWARD, at=case.opened_at)


def _take_notice(case: Case, organ: str, by: Actor, at: datetime) -> None:
    """The organ has decided that a lawyer is needed: nothing is reviewed, three days to assign."""
    decided(case, DecisionKind.NOTICE, by, at, office=organ)
    lead(case, "take_notice", "notice_taken", by, at, decides=True, organ=organ)


@transaction.atomic
def note_paper(*, case: Case, by: Actor, name: str, at: datetime | None = None) -> PaperAsked:
    """A paper by its name, so that what is handed in for it counts as given and is not asked for again."""
    at, case = now_or(at), held(case)
    name = clean_text(name, most=100, field="papers")
    return PaperAsked.objects.get_or_create(case=case, name=name, defaults={"asked_at": at})[0]
