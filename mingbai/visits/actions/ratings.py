"""Ratings of a visit: once, by the visitor alone, never on the clerk's screen (国办发〔2019〕51号)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.enums import GRADES
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.visits.actions._record import enter, locked, now_or
from mingbai.visits.enums import VisitState
from mingbai.visits.models import Visit


@transaction.atomic
def rate_visit(*, by: Actor, visit: Visit, grade: int, at: datetime | None = None) -> Visit:
    """One of five grades, after the service. Raises Refused "not_resident", "bad_grade", "not_served",
    "rated_already"."""
    at, found = now_or(at), locked(visit)
    if by.kind != "resident":
        raise Refused(_("评价只能由群众本人作出。"), code="not_resident")
    if grade not in GRADES:
        raise Refused(_("请选择一项评价。"), code="bad_grade", field="grade")
    if found.state != VisitState.SERVED:
        raise Refused(_("办完以后才能评价。"), code="not_served")
    if found.grade is not None:
        raise Refused(_("这次已经评价过了，谢谢您。"), code="rated_already")
    found.grade, found.rated_at = grade, at
    found.save(update_fields=["grade", "rated_at"])
    enter(found, "rated", by, at, grade=grade)
    return found
