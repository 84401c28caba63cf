"""A paper of the file that lies on paper only is ticked by hand."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.stages import note_progress
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.legalaid.actions._record import application_of, held, now_or
from mingbai.legalaid.models import FileTick
from mingbai.legalaid.queries.file import file_of


@transaction.atomic
def tick_part(*, case: Case, by: Actor, part: str, place: str, at: datetime | None = None) -> FileTick:
    """Who saw it, when, where it lies. Raises Refused "unknown_part", "there_already", "empty_text"."""
    at, case = now_or(at), held(case)
    place = clean_text(place, most=200, field="place")
    lines = {line.code: line for line in file_of(case, application_of(case), today=timezone.localdate(at))}
    if part not in lines:
        raise Refused(_("这一件的归档目录里没有这份材料。"), code="unknown_part", field="part")
    if lines[part].is_there:
        raise Refused(_("这份材料已经有了。"), code="there_already", field="part")
    tick = FileTick(case=case, part=part, by=by.name, at=at)
    tick.place = place
    tick.save(force_insert=True)
    note_progress(case=case, by=by, verb="aid.file_ticked", at=at, part=part)
    return tick
