"""Who takes legal aid, with what they have had and have to do: what the rotation is worked out from."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from mingbai.cases.enums import OPEN_STATES
from mingbai.cases.models import Case
from mingbai.cases.queries import hashed
from mingbai.legalaid.enums import AssignmentState
from mingbai.legalaid.models import AidLawyer, Application, Assignment, SoleFirm
from mingbai.legalaid.queries.catalogue import catalogue_on
from mingbai.legalaid.rules.rotation import Candidate, Job, Place, rank
from mingbai.people.queries import staffing
from mingbai.people.rules import Staffing
from mingbai.places.queries import register
from mingbai.places.rules import Register

_S = AssignmentState
_TAKEN = Q(worker__aid_assignments__state__in=[_S.ACTIVE, _S.ENDED, _S.REPLACED])
"""Who declined has not had it."""


def candidates(case: Case, now: datetime, *, consents: bool = False) -> list[Place]:
    """Everybody of the city who takes aid, in turn, with reasons: seven queries however many there are."""
    today = timezone.localdate(now)
    places, staff = register(), staffing()
    rows = [_candidate(row, today, places, staff) for row in _lawyers(case, now)]
    return rank(rows, job_of(case, today, consents=consents))


def lawyers_with_load(now: datetime) -> Any:
    """AidLawyer rows with `taken` this year, `running` now and `last_at`: who declined has not had it."""
    year = timezone.make_aware(datetime(timezone.localdate(now).year, 1, 1))  # noqa: DTZ001
    had = "worker__aid_assignments"
    this_year = _TAKEN & Q(**{f"{had}__assigned_at__gte": year})
    running = Q(**{f"{had}__state": _S.ACTIVE, f"{had}__case__state__in": OPEN_STATES})
    found = AidLawyer.objects.filter(worker__is_active=True).select_related("worker__organisation")
    return found.annotate(
        taken=Count(had, filter=this_year),
        running=Count(had, filter=running),
        last_at=Max(f"{had}__assigned_at", filter=_TAKEN),
    ).order_by("worker__code")


def _lawyers(case: Case, now: datetime) -> Any:
    city = register().subtree(case.city)
    return lawyers_with_load(now).filter(is_active=True, worker__region_id__in=city)


def _candidate(row: Any, today: date, places: Register, staff: Staffing) -> Candidate:
    worker = row.worker
    return Candidate(
        worker=worker.pk,
        code=worker.code,
        name=worker.name,
        firm=worker.organisation_id or 0,
        firm_name=worker.organisation.name if worker.organisation else "",
        since=row.practises_since,
        groups=frozenset(row.groups),
        county=places.county_of(worker.region_id),
        taken=row.taken,
        running=row.running,
        most=row.most_open,
        last_at=row.last_at,
        is_away=staff.is_absent(worker.pk, today),
    )


def job_of(case: Case, today: date, *, consents: bool = False) -> Job:
    application = Application.objects.select_related("case__party").get(case=case)
    found = catalogue_on(today, region=case.region_id or case.city).by_code.get(application.matter)
    gone = case.aid_assignments.filter(state__in=[_S.DECLINED, _S.REPLACED])
    return Job(
        group=found.group if found else "",
        county=register().county_of(case.region_id) if case.region_id else case.county,
        on=today,
        is_grave=application.is_grave,
        other_firms=frozenset(_other_firms(application)),
        dropped=frozenset(gone.values_list("worker_id", flat=True)),
        may_share=consents and _is_sole_firm(case, today),
    )


def _other_firms(application: Application) -> set[int]:
    """The firm that the other side is known to have, and those that we gave it in the same dispute."""
    known = {application.opponent_firm_id} if application.opponent_firm_id else set()
    party = application.case.party
    ours = hashed("name", party.name) if party else ""
    theirs_hash = hashed("name", application.opponent)
    if not ours or not theirs_hash:
        return known
    theirs = Assignment.objects.filter(
        state__in=[_S.ACTIVE, _S.ENDED],
        firm__isnull=False,
        case__aid__opponent_hash=ours,
        case__party__name_hash=theirs_hash,
    )
    return known | set(theirs.values_list("firm_id", flat=True))


def _is_sole_firm(case: Case, today: date) -> bool:
    above = [row.code for row in register().ancestors(case.region_id or case.county or case.city)]
    return SoleFirm.objects.valid_on(today).filter(region__in=above).exists()


def handling_until(today: date) -> date:
    """By when a matter in hand is usually done: the helper's date; its clocks bind, not this."""
    return today + timedelta(days=180)
