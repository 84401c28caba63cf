"""The papers of a matter at the desk: which were issued, as PDF and Word, a new one, one made void."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.models import Case
from mingbai.core.refused import Refused
from mingbai.legalaid.actions import issue_paper as issue_aid_paper
from mingbai.legalaid.papers import GROUP as AID_GROUP
from mingbai.legalaid.papers import ON_DEMAND
from mingbai.legalaid.perms import can_state
from mingbai.mediation.actions import issue_paper as issue_mediation_paper
from mingbai.mediation.papers import GROUP as MEDIATION_GROUP
from mingbai.mediation.perms import can_lead
from mingbai.papers import actions
from mingbai.papers.enums import Format, PaperState
from mingbai.papers.kinds import PAPER_KINDS, nobody
from mingbai.papers.models import Paper
from mingbai.papers.perms import can_see
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.mediation_folder import wanted_papers
from mingbai.web.desk.reach import case_for
from mingbai.web.exports import take_out
from mingbai.web.forms import WordsField, said
from mingbai.web.pages import Ask


def issued_of(dossier: Dossier) -> list[dict[str, Any]]:
    """For the panel of papers, newest first: those the user may read. A line is asked once, not per paper."""
    asked: dict[Any, bool] = {}
    for one in dossier.issued:
        line = PAPER_KINDS.get(one.kind).may_see if one.kind in PAPER_KINDS else nobody
        if line not in asked:
            asked[line] = line(dossier.here.user, one.about)
    found = [one for one in reversed(dossier.issued) if one.kind in PAPER_KINDS]
    return [_row(dossier.case, one) for one in found if asked[PAPER_KINDS.get(one.kind).may_see]]


def _row(case: Case, paper: Paper) -> dict[str, Any]:
    label = PAPER_KINDS.get(paper.kind).label
    return {
        "label": label,
        "number": paper.text,
        "at": paper.issued_at,
        "by": paper.issued_by,
        "is_void": paper.state == PaperState.VOID,
        "urls": [
            (Format(form).label, reverse("desk:paper", args=[case.number, paper.pk, form])) for form in Format
        ],
        "void_url": reverse("desk:paper_void", args=[case.number, paper.pk]),
    }


def new_ones(dossier: Dossier) -> list[tuple[str, str]]:
    """(code, label) of what can be issued now and was not yet; for who works the matter."""
    standing = [one for one in dossier.issued if one.state == PaperState.ISSUED]
    if dossier.aid is not None and can_state(dossier.here.user, dossier.case):
        # What a decision carries comes with it; made void it may be issued anew.
        wanted = [*ON_DEMAND, *(one.kind for one in dossier.issued)]
        kinds = {one.kind for one in standing}
        return [(code, PAPER_KINDS.get(code).label) for code in dict.fromkeys(wanted) if code not in kinds]
    if dossier.mediation is not None and can_lead(dossier.here.user, dossier.case):
        codes = wanted_papers(dossier.mediation, {one.kind for one in standing})
        return [(code, PAPER_KINDS.get(code).label) for code in codes]
    return []


@dataclass(frozen=True)
class Line:
    """Which line issues the papers of a group, and who may."""

    relation: str
    issue: Callable[..., Paper]
    may: Callable[[User, Case], bool]


LINES = {
    AID_GROUP: Line("aid", issue_aid_paper, can_state),
    MEDIATION_GROUP: Line("mediation", issue_mediation_paper, can_lead),
}


def _paper(request: HttpRequest, number: int, pk: int) -> tuple[Case, Paper]:
    user: User = request.user  # type: ignore[assignment]
    case = case_for(user, number)
    paper = get_object_or_404(Paper.objects.select_related("template"), pk=pk, about=case.chain)
    if not can_see(user, paper):
        raise Http404
    return case, paper


@staff(Permission.CASE_SEE)
@require_safe
def paper(request: HttpRequest, number: int, pk: int, form: str) -> HttpResponse:
    """The paper as PDF or Word file; that somebody looked is in the history."""
    if form not in Format.values:
        raise Http404
    case, found = _paper(request, number, pk)
    user: User = request.user  # type: ignore[assignment]
    try:
        content = actions.open_paper(by=user.actor, paper=found, form=form)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("desk:case", case.number)
    return take_out(request, content, f"{PAPER_KINDS.get(found.kind).label}{found.text}", form)


@staff(Permission.CASE_SEE)
@require_POST
def issue(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    case = case_for(user, number)
    line = LINES.get(PAPER_KINDS.get(kind).group) if kind in PAPER_KINDS else None
    if line is None or not hasattr(case, line.relation):
        raise Http404
    if not line.may(user, case):
        raise PermissionDenied
    try:
        made = line.issue(case=case, by=user.actor, kind=kind)
        messages.success(request, _("已出具 %(number)s。") % {"number": made.text})
    except Refused as refused:
        messages.error(request, said(refused))
    return redirect("desk:case", case.number)


class VoidForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("为什么作废"), most=300, rows=2, help_text=gettext_lazy("文号不再给别的文书。")
    )


@staff(Permission.CASE_SEE)
def void(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    case, found = _paper(request, number, pk)
    user: User = request.user  # type: ignore[assignment]
    if not LINES[PAPER_KINDS.get(found.kind).group].may(user, case):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.void(by=user.actor, paper=found, reason=data["reason"])

    title = _("作废 %(number)s") % {"number": found.text}
    back = (_("办件"), reverse("desk:case", args=[case.number]))
    return Ask(title, VoidForm, act, back, _("作废"), is_danger=True).show(request)
