"""The file (卷宗) of one mediation: its parts in order, what is there and what is owed, its number."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.core.refused import Refused
from mingbai.mediation.actions import export_file
from mingbai.mediation.perms import can_read_inside
from mingbai.mediation.queries.file import file_of
from mingbai.mediation.rules.file import Filed
from mingbai.papers.enums import Format
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.mediation_panel import MediationPanel
from mingbai.web.desk.reach import Here, case_for
from mingbai.web.exports import take_out
from mingbai.web.forms import said
from mingbai.web.matters import title_of


def panel_for(request: HttpRequest, number: int) -> MediationPanel:
    """The mediation that the user may read inside. 404: not visible, not theirs to read, or no mediation."""
    user: User = request.user  # type: ignore[assignment]
    dossier = Dossier(case_for(user, number), Here(user))
    if dossier.mediation is None or not can_read_inside(user, dossier.case):
        raise Http404
    return MediationPanel(dossier)


@staff(Permission.CASE_SEE)
def file(request: HttpRequest, number: int) -> HttpResponse:
    panel = panel_for(request, number)
    rows = file_of(panel.case)
    owed = [str(row.part.name) for row in rows if row.is_owed]
    context = {
        "case": panel.case,
        "title": title_of(panel.case),
        "number": panel.file_number,
        "facts": panel.facts,
        "rows": [_row(place, row) for place, row in enumerate(rows, 1)],
        "owed": owed,
        "case_url": reverse("desk:case", args=[panel.case.number]),
    }
    return render(request, "mediation/file.html", context)


@staff(Permission.CASE_SEE)
@require_POST
def file_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """The whole file as one PDF; that somebody took it out is in the history."""
    user: User = request.user  # type: ignore[assignment]
    panel = panel_for(request, number)
    try:
        content = export_file(case=panel.case, by=user.actor)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("mediation:file", panel.case.number)
    name = f"{_('卷宗')}{panel.file_number or panel.case.number}"
    return take_out(request, content, name, Format.PDF)


def _row(place: int, row: Filed) -> dict[str, Any]:
    return {
        "place": place,
        "name": row.part.name,
        "state": _("有") if row.is_there else _("还缺"),
        "tone": "ok" if row.is_there else "late",
    }
