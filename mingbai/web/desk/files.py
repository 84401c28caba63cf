"""Attachments: served only through the check of the matter they belong to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from mingbai.cases.actions.files import open_attachment
from mingbai.cases.models import Attachment
from mingbai.core.refused import Refused
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.reach import Here, case_for
from mingbai.web.exports import disposition
from mingbai.web.forms import said

_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})


@staff(Permission.CASE_SEE)
def file(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The decrypted bytes, with the type that was found in the content when it came in."""
    here = Here(request.user)  # type: ignore[arg-type]
    case = case_for(here.user, number)
    attachment = get_object_or_404(Attachment, pk=pk, case=case)
    attachment.case = case
    try:
        body = open_attachment(attachment=attachment, by=here.user.actor)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("desk:case", number)
    inline = attachment.content_type in _SHOWN_INLINE and "download" not in request.GET
    response = HttpResponse(body, content_type=attachment.content_type)
    response["Content-Disposition"] = disposition(attachment.name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A PDF or picture of somebody else's may carry scripts: it runs nothing and reaches nothing here.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
