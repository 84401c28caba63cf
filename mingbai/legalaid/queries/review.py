"""One application as it stands before who decides on it: what is stated, missing, proposed."""

import json
from dataclasses import dataclass
from datetime import date

from mingbai.cases.enums import OPEN_STATES, Place
from mingbai.cases.models import Case
from mingbai.cases.queries import family_of, hashed
from mingbai.legalaid.line import KIND
from mingbai.legalaid.models import Application
from mingbai.legalaid.queries.catalogue import catalogue_on
from mingbai.legalaid.rules.application import Terms, missing
from mingbai.legalaid.rules.catalogue import BelongingTerms, Catalogue, MatterTerms
from mingbai.legalaid.rules.precheck import Facts, Proposal, precheck


@dataclass(frozen=True)
class Review:
    """What the panel shows; `matter` and `belonging` None where they are not known."""

    application: Application
    terms: Terms
    catalogue: Catalogue
    missing: tuple[str, ...]
    proposal: Proposal

    @property
    def matter(self) -> MatterTerms | None:
        return self.catalogue.by_code.get(self.terms.matter)

    @property
    def belonging(self) -> BelongingTerms | None:
        held = (each for each in self.catalogue.belongings if each.code == self.terms.belonging)
        return next(held, None)


def terms_of(application: Application) -> Terms:
    """The application as it was stated."""
    said = json.loads(application.means) if application.means else {}
    return Terms(
        source=application.source,
        matter=application.matter,
        form=application.form,
        belonging=application.belonging,
        shown=application.shown,
        place_of=application.place_of,
        body=application.body,
        mandate=application.mandate,
        hurry=application.hurry,
        is_grave=application.is_grave,
        organ=application.organ,
        handed_at=application.handed_at,
        income=said.get("income", ""),
        heads=said.get("heads", ""),
        means=said.get("text", ""),
        opponent=application.opponent,
        opponent_firm=application.opponent_firm_id,
    )


def review_of(application: Application, *, today: date) -> Review:
    """Ten queries at most, however many papers and files there are."""
    case, terms = application.case, terms_of(application)
    catalogue = catalogue_on(today, region=case.region_id or case.city)
    given = list(case.papers_asked.exclude(given_at=None).values_list("name", flat=True))
    files = case.attachments.filter(paper=None).count()
    lacking = missing(terms, application.claim, catalogue, given=given, files=files)
    facts = Facts(terms, application.claim, lacking, _is_here(case), _doubles(application))
    return Review(application, terms, catalogue, lacking, precheck(facts, catalogue))


def _is_here(case: Case) -> bool | None:
    return {Place.KNOWN: True, Place.OUTSIDE: False}.get(Place(case.place))


def _doubles(application: Application) -> int:
    """Other open applications of the same person for the same matter."""
    case = application.case
    if case.party is None or not application.matter:
        return 0
    people = family_of([case.party.pk])
    same = Case.objects.filter(kind=KIND, state__in=OPEN_STATES, aid__matter=application.matter)
    found = same.filter(party__in=people) | (
        same.filter(party__id_hash=hashed("id_number", case.party.id_number))
        if case.party.id_number
        else same.filter(
            party__phone_hash=hashed("phone", case.party.phone),
            party__name_hash=hashed("name", case.party.name),
        )
        if case.party.phone
        else same.none()
    )
    return found.exclude(pk=case.pk).distinct().count()
