"""Ratings of a visit: once, by the visitor alone, never on the clerk's screen (国办发〔2019〕51号).

A rating lives on the row of what was rated: a matter's on the matter, a visit's on the visit, so that each
service can be rated once. A bad one is not left at that: it becomes an opinion with an owner and a clock.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import BAD_GRADES, GRADES, Channel
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.visits.actions._record import enter, locked, now_or
from mingbai.visits.enums import OpinionSource, VisitKind, VisitState
from mingbai.visits.models import Opinion, Visit

MOST = 2000
PHONE, WINDOW = "phone", "window"
"""Where it was given: on the resident's own phone (or the query machine), on the tablet at the window."""


@transaction.atomic
def rate_visit(
    *, by: Actor, visit: Visit, grade: int, text: str = "", via: str = PHONE, at: datetime | None = None
) -> Visit:
    """One of five grades, after the service; `text` is what they add to it, "" for nothing.

    Raises Refused "not_resident", "bad_grade", "not_served", "rated_already".
    """
    at, found = now_or(at), locked(visit)
    if by.kind != "resident":
        raise Refused(_("评价只能由群众本人作出。"), code="not_resident")
    if grade not in GRADES:
        raise Refused(_("请选择一项评价。"), code="bad_grade", field="grade")
    if found.state != VisitState.SERVED:
        raise Refused(_("办完以后才能评价。"), code="not_served")
    if found.grade is not None:
        raise Refused(_("这次已经评价过了，谢谢您。"), code="rated_already")
    words = clean_text(text, most=MOST, field="text") if text.strip() else ""
    found.grade, found.rated_at = grade, at
    found.save(update_fields=["grade", "rated_at"])
    enter(found, "rated", by, at, grade=grade, via=via)
    if grade in BAD_GRADES:
        _followed(found, words, by, at)
    return found


def _followed(visit: Visit, words: str, by: Actor, at: datetime) -> None:
    """差评必须回访: a matter of kind `opinion` at the station, whose speaker is who was not content."""
    what = visit.number or str(visit.get_line_display())
    said = _("%(day)s 来办“%(what)s”，评价“%(grade)s”。") % {
        "day": visit.on.isoformat(),
        "what": what,
        "grade": GRADES[visit.grade or 0],
    }
    opened = open_case(
        by=by,
        intake=Intake(
            kind="opinion",
            channel=Channel.HOME_VISIT if visit.kind == VisitKind.HOME else Channel.WINDOW,
            text=f"{said}{words}",
            region=visit.station.region_id,
            speaker=Person(name=visit.name, phone=visit.phone),
            keep_at=visit.station_id,
            source="rating",
            idempotency_key=f"{visit.chain}:rated",
            body_hash=visit.chain,
        ),
    )
    Opinion.objects.create(
        case=opened.case, source=OpinionSource.RATING, station=visit.station, on=visit.on, visit=visit
    )
    enter(visit, "opinion_taken", by, at, case=opened.case.number)
