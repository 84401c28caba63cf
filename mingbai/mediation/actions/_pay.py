"""What a mediation that came to an agreement pays its mediators: one piece by its difficulty, shared.

The rate is that of the day on which each was named; how hard it was is known at the end only.
"""

from datetime import datetime

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.mediation.actions._record import row_of
from mingbai.mediation.queries import mediators_of
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Work
from mingbai.subsidies.queries import is_paid


def earned(case: Case, by: Actor, at: datetime) -> None:
    """One piece a matter, shared equally to the cent by those who brought the first agreement about.

    However often it is agreed anew, and by whomever: nothing is paid on top.
    """
    if is_paid(case.chain, Work.MEDIATION):
        return
    row, found = row_of(case), mediators_of(case)
    for part, one in enumerate(found):
        job = subsidies.Job(
            worker=one.worker,
            work=Work.MEDIATION,
            region=case.county or case.city,
            about=case.chain,
            stage=row.grade,
        )
        event, named = f"mediation:{case.pk}:{one.worker_id}", timezone.localdate(one.at)
        subsidies.promise(by=by, job=job, event=event, on=named, at=at)
        subsidies.earn(by=by, event=event, on=timezone.localdate(at), parts=len(found), part=part, at=at)
