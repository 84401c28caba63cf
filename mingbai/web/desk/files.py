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
from mingbai.web.forms import said
from mingbai.web.sent_files import served


@staff(Permission.CASE_SEE)
def file(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The decrypted bytes, and that somebody looked."""
    here = Here(request.user)  # type: ignore[arg-type]
    case = case_for(here.user, number)
    attachment = get_object_or_404(Attachment, pk=pk, case=case)
    attachment.case = case
    try:
        body = open_attachment(attachment=attachment, by=here.user.actor)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("desk:case", number)
    return served(body, attachment.content_type, attachment.name, is_download="download" in request.GET)
