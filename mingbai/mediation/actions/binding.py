"""The file of a mediation as one PDF: what was issued, in the order of the file, with cover and index."""

import json
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mingbai.cases.actions.files import open_attachment
from mingbai.cases.models import Attachment, Case
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.mediation.actions._record import enter, held, now_or, row_of
from mingbai.mediation.papers import PART_OF
from mingbai.mediation.queries import parties_of
from mingbai.mediation.queries.file import file_of, part_of
from mingbai.mediation.rules.binding import PAGE, Leaf, bound, cover, index, pages_in
from mingbai.mediation.rules.file import PARTS, file_number
from mingbai.papers import renderer
from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.models import Paper
from mingbai.papers.rules.markup import Block, as_data, filled
from mingbai.papers.rules.numbers import day_text

TITLE = "人民调解卷宗"


def export_file(*, case: Case, by: Actor, at: datetime | None = None) -> bytes:
    """Cover, index with pages, every paper that stands, and what was handed in, page by page; what cannot be
    read, or is no page, is named in the index with why.

    That somebody took it out stands in the history. Raises Refused "not_drawn", "no_mediation".
    """
    at = now_or(at)
    leaves = _leaves(case, by)
    owed = [str(row.part.name) for row in file_of(case) if row.is_owed]
    head = cover(TITLE, _facts(case))
    front = pages_in(_drawn([*head, *index(leaves, owed, front=0)]))
    pdf = _drawn(bound([*head, *index(leaves, owed, front=front)], leaves))
    with transaction.atomic():
        enter(held(case), "med.file_exported", by, at, papers=len(leaves))
    return pdf


def _drawn(blocks: list[Block]) -> bytes:
    return renderer.pdf(as_data(blocks), title=TITLE)


def _leaves(case: Case, by: Actor) -> list[Leaf]:
    """Papers by their part, then what was handed in, in the order of the file."""
    found = [*_papers(case), *_handed_in(case, by)]
    order = [part.code for part in PARTS]
    names = {part.code: str(part.name) for part in PARTS}
    found.sort(key=lambda pair: order.index(pair[0]))
    return [replace(leaf, part=names[code]) for code, leaf in found]


def _papers(case: Case) -> list[tuple[str, Leaf]]:
    found = []
    standing = Paper.objects.issued().filter(about=case.chain, kind__in=PART_OF).select_related("template")
    for paper in standing.order_by("issued_at", "pk"):
        blocks = filled(paper.template.body, json.loads(paper.fields or "{}"))
        name = f"{PAPER_KINDS.get(paper.kind).label} {paper.text}"
        pages = pages_in(_drawn(blocks))
        found.append((PART_OF[paper.kind], Leaf("", name, tuple(blocks), pages)))
    return found


def _handed_in(case: Case, by: Actor) -> list[tuple[str, Leaf]]:
    found = []
    for one in case.attachments.select_related("paper").order_by("added_at", "pk"):
        one.case = case
        name = one.paper.name if one.paper else one.name
        found.append((part_of(name), _pictured(one, name, by)))
    return found


def _pictured(one: Attachment, name: str, by: Actor) -> Leaf:
    """Its pages, each with its name above; without pages where it cannot be read, with the reason."""
    try:
        pictures = renderer.pages_of(open_attachment(attachment=one, by=by), one.content_type)
    except Refused as refused:
        return Leaf("", name, why=str(refused))
    blocks: list[Block] = []
    for number, picture in enumerate(pictures, 1):
        caption = f"{name[:30]}（{number}/{len(pictures)}）"
        blocks += [*([PAGE] if blocks else []), Block("plain", (caption,)), Block("picture", (picture,))]
    return Leaf("", name, tuple(blocks), len(pictures))


def _facts(case: Case) -> list[tuple[str, str]]:
    row = row_of(case)
    number = ""
    if row.committee is not None and row.file_seq is not None and row.file_year is not None:
        number = file_number(row.file_year, row.committee.short, row.file_seq)
    mediators = case.mediators.exclude(state="replaced").select_related("worker")
    rows = (
        ("卷宗号", number),
        ("调委会", row.committee.organisation.name if row.committee else case.station.name),
        ("纠纷类型", str(row.get_dispute_display()) if row.dispute else ""),
        ("当事人", "、".join(party.name for party in parties_of(case))),
        ("调解员", "、".join(one.worker.name for one in mediators)),
        ("受理日期", day_text(timezone.localdate(case.opened_at))),
        ("结果", str(row.get_outcome_display())),
        ("结束日期", day_text(timezone.localdate(row.ended_at)) if row.ended_at else ""),
        ("办件编号", str(case)),
    )
    return [(label, text) for label, text in rows if text]
