"""A visit becomes a matter: what was written down at the door is not asked again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.people.models import Worker
from mingbai.visits.actions._record import enter, locked, now_or
from mingbai.visits.enums import VisitKind
from mingbai.visits.models import Visit


@transaction.atomic
def become_case(*, by: Actor, visit: Visit, worker: Worker | None = None, at: datetime | None = None) -> Case:
    """The matter of this visit, opened now and kept at its station; a second click gives the same.

    Raises Refused "no_line" where nobody has said what it is about, and those of `open_case`.
    """
    at, found = now_or(at), locked(visit)
    if found.case is not None:
        return found.case
    if not found.line:
        raise Refused(_("请先选择业务，再立为办件。"), code="no_line", field="line")
    owner = worker if worker is not None and worker.station_id == found.station_id else None
    intake = Intake(
        kind=found.line,
        channel=Channel.HOME_VISIT if found.kind == VisitKind.HOME else Channel.WINDOW,
        text=found.text or _("（到窗口来办，来意待补）"),
        region=found.station.region_id,
        speaker=Person(name=found.name, phone=found.phone),
        place_text=found.place,
        keep_at=found.station_id,
        worker_id=owner.pk if owner else None,
        source="visit",
        idempotency_key=found.chain,
        body_hash=found.chain,
    )
    found.case = open_case(by=by, intake=intake).case
    found.save(update_fields=["case"])
    enter(found, "became_case", by, at, case=found.case.number)
    return found.case
