"""What the file of a matter must hold, and what of it is there."""

from datetime import date

from mingbai.cases.models import Case
from mingbai.core.when import moment
from mingbai.legalaid.models import Application, FilePart, FileTick
from mingbai.legalaid.rules.file import Line, PartTerms, checklist
from mingbai.papers.models import Paper


def file_of(case: Case, application: Application, *, today: date) -> list[Line]:
    """Six queries, however long the file is."""
    kinds = Paper.objects.issued().filter(about=case.chain).values_list("kind", flat=True)
    signs = {f"paper:{kind}" for kind in kinds}
    signs |= {f"report:{kind}" for kind in case.aid_reports.values_list("kind", flat=True)}
    given = case.papers_asked.exclude(given_at=None).values_list("name", flat=True)
    names = [*(each.name for each in case.attachments.all()), *given]
    parts = [_terms(row) for row in FilePart.objects.valid_on(today).order_by("position", "code")]
    return checklist(
        parts,
        form=application.form,
        source=application.source,
        signs=signs,
        names=names,
        ticks=_ticks(case),
    )


def _ticks(case: Case) -> dict[str, str]:
    found = {}
    for tick in FileTick.objects.filter(case=case).order_by("pk"):
        tick.case = case
        found[tick.part] = f"{tick.place}（{tick.by} {moment(tick.at)}）"
    return found


def _terms(row: FilePart) -> PartTerms:
    return PartTerms(
        row.code,
        row.name,
        row.source,
        tuple(row.forms),
        tuple(row.sources),
        tuple(row.signs),
        tuple(row.words),
        row.position,
    )
