"""Which template holds for an office, which papers a matter has, what a paper looks like."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mingbai.papers import renderer
from mingbai.papers.enums import Format, Mark, PaperState
from mingbai.papers.kinds import PAPER_KINDS, PaperKind, Value
from mingbai.papers.models import Letterhead, Paper, PaperTemplate
from mingbai.papers.rules.markup import as_data, filled
from mingbai.papers.rules.numbers import office_word
from mingbai.places.models import Station
from mingbai.places.queries import register


@dataclass(frozen=True)
class Head:
    """How an office stands on its papers."""

    name: str
    word: str
    address: str
    phone: str


def template_of(kind: str, office: str | None) -> PaperTemplate | None:
    """The office's own newest version, else the city's, else as given; None while none was written yet."""
    return templates_of(office, kind=kind).get(kind)


def templates_of(office: str | None, **only: str) -> dict[str, PaperTemplate]:
    """The same by kind for every kind of paper; one query."""
    found = PaperTemplate.objects.filter(Q(office=None) | Q(office=office), ended_at=None, **only)
    rows = sorted(found, key=lambda one: (one.office_id is not None, not one.is_given, one.version))
    return {one.kind: one for one in rows}


def versions_of(kind: str, office: str | None) -> QuerySet[PaperTemplate]:
    """What was ever written for the city, or for this office; newest first."""
    found = PaperTemplate.objects.filter(kind=kind).filter(Q(office=None) | Q(office=office))
    return found.select_related("office").order_by("-made_at", "-pk")


def head_of(office: Station) -> Head:
    """The letterhead that the office entered, else what the register of places says of it."""
    return heads_of([office])[office.pk]


def heads_of(offices: Sequence[Station]) -> dict[str, Head]:
    """The same by code for several offices; one query."""
    own = {one.office_id: one for one in Letterhead.objects.filter(office__in=offices)}
    return {one.pk: _head(one, own.get(one.pk)) for one in offices}


def _head(office: Station, own: Letterhead | None) -> Head:
    if own:
        return Head(own.name, own.word, own.address, own.phone)
    places = register()
    county = places.county_of(office.region_id) or office.region_id
    return Head(office.name, office_word(places.regions[county].name), office.address, office.phone)


def papers_of(about: str) -> QuerySet[Paper]:
    """Every paper of one matter, oldest first, void ones too; one query."""
    return Paper.objects.filter(about=about).order_by("issued_at", "pk")


def content_of(paper: Paper, form: str) -> bytes:
    """The paper as a file of this format: the same words each time. Raises Refused "not_drawn"."""
    mark = Mark.VOID if paper.state == PaperState.VOID else Mark.NONE
    return drawn(paper.template, json.loads(paper.fields or "{}"), form, title=title_of(paper), mark=mark)


def title_of(paper: Paper) -> str:
    label = PAPER_KINDS.get(paper.kind).label if paper.kind in PAPER_KINDS else ""
    return f"{label} {paper.text}".strip()


def drawn(
    template: PaperTemplate, values: Mapping[str, Value], form: str, *, title: str, mark: str = ""
) -> bytes:
    """A template with values as a file; an office's Word file gives the DOCX where there is one, but for
    what bears a mark: there is no place for it in a file of somebody else."""
    docx = bytes(template.docx or b"")
    if form == Format.DOCX and docx and not mark:
        return renderer.docx_from(docx, values)
    return drawn_from(template.body, values, form, title=title, mark=mark)


def drawn_from(body: str, values: Mapping[str, Value], form: str, *, title: str, mark: str = "") -> bytes:
    """The same from a body that may not be saved: previews, drafts, letters."""
    draw = renderer.docx if form == Format.DOCX else renderer.pdf
    return draw(as_data(filled(body, values)), title=title, mark=mark)


def sample_of(kind: PaperKind, body: str, form: str) -> bytes:
    """How a body would look, with the sample values of every field."""
    return drawn_from(body, kind.samples, form, title=kind.label, mark=Mark.SAMPLE)
