"""Who mediates: named by the committee or chosen by the parties; replaced when one asks (Arts. 19, 23)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.handover import engage
from mingbai.cases.actions.stages import note_progress
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.mediation.actions._record import held, lead, now_or, row_of, stop, today
from mingbai.mediation.enums import CONFLICTS, Bar, MediatorState, NamedBy
from mingbai.mediation.models import Mediator
from mingbai.mediation.queries import mediators_of
from mingbai.mediation.queries.naming import bars_of, committee_of
from mingbai.mediation.rules.letters import mediator_text
from mingbai.mediation.rules.stages import next_stage
from mingbai.people.models import Worker

TASK = "人民调解"
MOST_MEDIATORS = 5
_USUALLY = timedelta(days=60)


@transaction.atomic
def name_mediator(
    *,
    case: Case,
    by: Actor,
    worker: Worker,
    named_by: str = NamedBy.COMMITTEE,
    said_conflict: bool = False,
    has_consents: bool = False,
    why: str = "",
    at: datetime | None = None,
) -> Mediator:
    """One more mediator; the first leads. A conflict of interest bars, unless all parties want them anyway.

    `said_conflict`: a party, or the mediator, says there is one; `has_consents`: every party has agreed to
    it in writing. Raises Refused "barred" or "conflict" with the reasons, "too_many", "bad_choice",
    "wrong_stage", "inactive_worker", "helps_already".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "name")
    if named_by not in NamedBy.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="named_by")
    bars = bars_of(case, worker, at) + ((Bar.SAID,) if said_conflict else ())
    _refuse_barred(worker, bars, has_consents=has_consents)
    known = _room_for_more(case)
    engage(case=case, by=by, worker=worker, task=TASK, due_on=today(at) + _USUALLY, at=at)
    named = Mediator(
        case=case,
        worker=worker,
        is_lead=not any(one.is_lead for one in known),
        named_by=named_by,
        bars=list(bars),
        by=by.name,
        at=at,
    )
    named.why = clean_text(why, most=500, field="why") if why.strip() else ""
    named.save(force_insert=True)
    _of_committee(case, worker)
    news = mediator_text([one.worker.name for one in (*known, named)])
    lead(case, "name", "named", by, at, news=news, tells=True, worker=worker.code, bars=list(bars))
    return named


def _room_for_more(case: Case) -> list[Mediator]:
    known = mediators_of(case)
    if len(known) >= MOST_MEDIATORS:
        raise Refused(
            _("一件最多 %(most)d 位调解员。") % {"most": MOST_MEDIATORS}, code="too_many", field="worker"
        )
    return known


def _refuse_barred(worker: Worker, bars: tuple[Bar, ...], *, has_consents: bool) -> None:
    if not bars or (has_consents and set(bars) <= CONFLICTS):
        return
    why = "；".join(str(bar.label) for bar in bars)
    is_conflict = set(bars) <= CONFLICTS
    raise Refused(
        _("%(name)s不能调解这件：%(why)s。") % {"name": worker.name, "why": why},
        code="conflict" if is_conflict else "barred",
        field="worker",
        do=_("各方知道以后仍愿意由他调解的，书面同意后勾选。") if is_conflict else "",
    )


def _of_committee(case: Case, worker: Worker) -> None:
    """The matter is the committee's whose mediator leads it, where nobody has said otherwise."""
    row = row_of(case)
    if row.committee_id is None and (member := committee_of(worker)):
        row.committee = member.committee
        row.save()


@transaction.atomic
def replace_mediator(
    *, case: Case, by: Actor, worker: Worker, reason: str, at: datetime | None = None
) -> Case:
    """A party does not want them, or they cannot (Art. 23): out, and not named again for this matter.

    Whoever is next leads; with nobody left somebody is named before it goes on. Raises Refused
    "not_mediating", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "name")
    reason = clean_text(reason, most=500, field="reason")
    known = mediators_of(case)
    gone = next((one for one in known if one.worker_id == worker.pk), None)
    if gone is None:
        raise Refused(
            _("%(name)s不是这件的调解员。") % {"name": worker.name}, code="not_mediating", field="worker"
        )
    was_lead = gone.is_lead
    stop(gone, MediatorState.REPLACED, by, at, reason)
    rest = [one for one in known if one.pk != gone.pk]
    if was_lead and rest:
        rest[0].is_lead = True
        rest[0].save()
    return note_progress(case=case, by=by, verb="med.replaced", at=at, worker=worker.code)
