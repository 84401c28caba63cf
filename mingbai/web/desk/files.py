"""Attachments: served only through the check of the matter they belong to, never by an address of their own."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from mingbai.cases.actions.files import open_attachment
from mingbai.cases.models import Attachment
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.reach import Here, case_for

_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})


@staff(Permission.CASE_SEE)
def file(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The decrypted bytes, with the type that was found in the content when it came in."""
    here = Here(request.user)  # type: ignore[arg-type]
    case = case_for(here.user, number)
    attachment = get_object_or_404(Attachment, pk=pk, case=case)
    attachment.case = case
    body = open_attachment(attachment=attachment, by=here.user.actor)
    inline = attachment.content_type in _SHOWN_INLINE and "download" not in request.GET
    response = HttpResponse(body, content_type=attachment.content_type)
    response["Content-Disposition"] = disposition(attachment.name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A PDF or picture of somebody else's may carry scripts: it runs nothing and reaches nothing here.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: a plain name for old clients, the true one percent-encoded."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[-80:]
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
