"""Matters that are decided elsewhere: the right office and the right papers, as a route card to print."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mingbai.places.enums import Line, OrganisationKind
from mingbai.places.models import Organisation
from mingbai.places.queries import register
from mingbai.web.access import public
from mingbai.web.public.doors import door

_OFFICES = {
    Line.FORENSIC: OrganisationKind.APPRAISAL,
    Line.ARBITRATION: OrganisationKind.ARBITRATION,
    Line.EXAM: OrganisationKind.BUREAU,
}


@public
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The route card of a guided kind; for other kinds the form is the way."""
    found = door(code)
    if found is None:
        raise Http404
    if not found.is_guided:
        return redirect(found.url)
    context = {"door": found, "kind": found.kind, "offices": _offices(found.kind.line)}
    return render(request, "public/guide.html", context)


def _offices(line: str) -> QuerySet[Organisation]:
    """The registered offices of the city that decide such matters; the exam is the city bureau's own."""
    kind = _OFFICES.get(Line(line), OrganisationKind.OTHER)
    inside = register().subtree(settings.CITY_CODE) if line != Line.EXAM else {settings.CITY_CODE}
    return Organisation.objects.filter(kind=kind, is_active=True, region_id__in=inside).order_by("name")
