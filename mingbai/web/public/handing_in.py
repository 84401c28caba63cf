"""Files that a resident hands in: each is tried for itself, what fails is named."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mingbai.cases.actions.files import attach
from mingbai.cases.models import Case, PaperAsked
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.web.forms import said


def hand_in(
    request: HttpRequest, case: Case, files: Iterable[UploadedFile], paper: PaperAsked | None = None
) -> None:
    """The words are safe already: a file that fails can be given once more with the number."""
    for file in files:
        try:
            attach(
                case=case,
                by=RESIDENT,
                name=file.name or "",
                stream=file,
                size=file.size or 0,
                by_resident=True,
                paper=paper,
            )
        except Refused as refused:
            text = _("“%(name)s”没有收下：%(why)s") % {"name": file.name, "why": said(refused)}
            messages.warning(request, text)
