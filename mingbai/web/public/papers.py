"""Papers for the party: links that are signed for one reader and end after ten minutes (docs/adr/0053)."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingbai.cases.models import Case
from mingbai.cases.rules.following import may_hear
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.papers.actions import open_paper
from mingbai.papers.enums import Format, PaperState
from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.queries import papers_of
from mingbai.web.access import public
from mingbai.web.forms import said

SALT = "public.paper"
OPEN_FOR = timedelta(minutes=10)


class Link(NamedTuple):
    """`role`: whose secret was known when the link was made; `is_open`: not yet at its end."""

    number: str
    paper: int
    role: str
    is_open: bool


def link_to(paper: int, *, number: str, role: str) -> str:
    return reverse("public:paper", args=[signing.dumps([number, paper, role], salt=SALT)])


def read(token: str) -> Link | None:
    """What a link of ours says; None for a forged one."""
    try:
        number, paper, role = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    try:
        signing.loads(token, salt=SALT, max_age=OPEN_FOR)
    except signing.SignatureExpired:
        return Link(number, paper, role, is_open=False)
    return Link(number, paper, role, is_open=True)


def role_of(case: Case) -> str:
    """Which secret was known: "speaker", "party" or "code"."""
    return str(getattr(case, "followed_as", "code"))


def hears(case: Case) -> bool:
    """Whether who follows may read what was said; others see only where the matter stands."""
    return may_hear(case.may_be_told, role_of(case), same_person=case.speaker_id == case.party_id)


def issued(case: Case) -> list[dict[str, Any]]:
    """The papers that the party has a right to, newest first; a void one is not given out."""
    if not case.stage or not hears(case):
        return []
    found = papers_of(case.chain).filter(state=PaperState.ISSUED).exclude(fields_sealed=b"")
    return [
        {
            "pk": one.pk,
            "url": link_to(one.pk, number=case.number, role=role_of(case)),
            "label": PAPER_KINDS.get(one.kind).label,
            "number": one.text,
            "at": one.issued_at,
        }
        for one in reversed(found)
        if one.kind in PAPER_KINDS and PAPER_KINDS.get(one.kind).is_public
    ]


@public
@require_safe
def paper(request: HttpRequest, token: str) -> HttpResponse:
    """A paper of the house as PDF, for the party; an old link leads to the matter, where there are new ones.

    The link opens by itself: a phone's chat program hands a PDF to another program, which has no session.
    """
    link = read(token)
    if link is None:
        raise Http404
    if not link.is_open:
        return redirect("public:case", link.number)
    case = get_object_or_404(Case.objects.select_related("station"), number=link.number)
    case.followed_as = link.role  # type: ignore[attr-defined]
    if link.paper not in [one["pk"] for one in issued(case)]:
        raise Http404
    found = papers_of(case.chain).select_related("template").get(pk=link.paper)
    try:
        content = open_paper(by=RESIDENT, paper=found, form=Format.PDF)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("public:case", link.number)
    return _as_pdf(content)


def _as_pdf(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
