"""Who works the matter: given in turn, with the list as it stood; declined, replaced, begun anew."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.handover import engage
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.legalaid.actions import _pay as pay
from mingbai.legalaid.actions._record import end_assignment, held, lead, now_or
from mingbai.legalaid.actions.papers import issue_paper
from mingbai.legalaid.enums import AssignmentState, Bar, Group, Stage
from mingbai.legalaid.models import AidLawyer, Approval, Assignment, SoleFirm
from mingbai.legalaid.queries.candidates import candidates, handling_until, job_of
from mingbai.legalaid.rules.letters import assigned_text
from mingbai.legalaid.rules.rotation import Place, first
from mingbai.legalaid.rules.stages import next_stage
from mingbai.people.models import Worker
from mingbai.places.actions import begin_rule
from mingbai.places.models import Region
from mingbai.subsidies.enums import Stage as Phase

TASK = "承办法律援助案件"


@transaction.atomic
def enrol_lawyer(
    *,
    by: Actor,
    worker: Worker,
    practises_since: date,
    groups: tuple[str, ...] = (),
    most_open: int = 10,
    is_public_post: bool = False,
    is_active: bool = True,
    at: datetime | None = None,
) -> AidLawyer:
    """Into the list of those who take legal aid, or changed there. Raises Refused "bad_choice", "bad_time",
    "bad_amount".
    """
    at = now_or(at)
    if set(groups) - set(Group.values):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="groups")
    if practises_since > timezone.localdate(at):
        raise Refused(_("开始执业日期不能在将来。"), code="bad_time", field="practises_since")
    if not 1 <= most_open <= 100:
        raise Refused(_("同时承办的件数请填 1 到 100。"), code="bad_amount", field="most_open")
    values = {
        "practises_since": practises_since,
        "groups": sorted(groups),
        "most_open": most_open,
        "is_public_post": is_public_post,
        "is_active": is_active,
    }
    lawyer, _new = AidLawyer.objects.update_or_create(worker=worker, defaults=values)
    told = {**values, "practises_since": practises_since.isoformat(), "worker": worker.code}
    write(chain=f"worker:{worker.code}", verb="aid.enrolled", by=by, at=at, data=told)
    return lawyer


@transaction.atomic
def name_sole_firm(
    *, by: Actor, region: Region, source: str, valid_from: date, at: datetime | None = None
) -> SoleFirm:
    """A place with one firm only: an exception from a day on, with its source."""
    rule = SoleFirm(region=region, source=clean_text(source, most=300, field="source"), valid_from=valid_from)
    same = SoleFirm.objects.filter(region=region)
    data = {"region": region.pk, "source": rule.source}
    named: SoleFirm = begin_rule(rule=rule, same=same, by=by, data=data, at=now_or(at))
    return named


@transaction.atomic
def name_approval(
    *, by: Actor, region: Region, source: str, valid_from: date, at: datetime | None = None
) -> Approval:
    """A place whose office approves in two steps, from a day on, with the source that says so."""
    rule = Approval(region=region, source=clean_text(source, most=300, field="source"), valid_from=valid_from)
    same = Approval.objects.filter(region=region)
    data = {"region": region.pk, "source": rule.source}
    named: Approval = begin_rule(rule=rule, same=same, by=by, data=data, at=now_or(at))
    return named


@transaction.atomic
def assign(
    *,
    case: Case,
    by: Actor,
    worker: Worker,
    why: str = "",
    has_consents: bool = False,
    phase: str = "",
    at: datetime | None = None,
) -> Case:
    """Give the matter to a person. Not whose turn it is: only with a reason, kept with the list as it stood.
    `phase`: the step of the procedure (subsidies.enums.Stage), a piece of work of its own.

    Raises Refused "not_listed", "barred" (with the reasons), "needs_reason", "wrong_stage", "bad_choice".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "assign")
    # Two who assign at one moment count one after the other.
    list(AidLawyer.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    order = candidates(case, at, consents=has_consents)
    chosen = _chosen(order, worker)
    turn = first(order)
    if turn is not None and turn.candidate.worker != worker.pk and not why.strip():
        raise Refused(
            _("按顺序该%(name)s，换人要说明理由。") % {"name": turn.candidate.name},
            code="needs_reason",
            field="why",
        )
    assignment = _keep(case, chosen, order, by, at, why, has_consents, phase)
    pay.promised(assignment, by, at)
    engage(case=case, by=by, worker=worker, task=TASK, due_on=handling_until(timezone.localdate(at)), at=at)
    news = assigned_text(chosen.candidate.name, chosen.candidate.firm_name)
    case = lead(case, "assign", "assigned", by, at, news=news, tells=True, worker=worker.code)
    issue_paper(case=case, by=by, kind="aid_assignment", at=at)
    return case


def _chosen(order: list[Place], worker: Worker) -> Place:
    chosen = next((place for place in order if place.candidate.worker == worker.pk), None)
    if chosen is None:
        raise Refused(
            _("%(name)s不在接受法律援助指派的名单里。") % {"name": worker.name},
            code="not_listed",
            field="worker",
        )
    if chosen.bars:
        why = "；".join(str(bar.label) for bar in chosen.bars)
        raise Refused(
            _("不能指派给%(name)s：%(why)s。") % {"name": worker.name, "why": why},
            code="conflict" if Bar.CONFLICT in chosen.bars else "barred",
            field="worker",
        )
    return chosen


def _keep(
    case: Case,
    chosen: Place,
    order: list[Place],
    by: Actor,
    at: datetime,
    why: str,
    has_consents: bool,
    phase: str,
) -> Assignment:
    if phase not in Phase.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="phase")
    assignment = Assignment(
        case=case,
        worker_id=chosen.candidate.worker,
        firm_id=chosen.candidate.firm or None,
        group=job_of(case, timezone.localdate(at)).group,
        standing=[place.row() for place in order],
        has_consents=has_consents,
        phase=phase,
        assigned_by=by.name,
        assigned_at=at,
    )
    assignment.why = clean_text(why, most=500, field="why") if why.strip() else ""
    assignment.save(force_insert=True)
    return assignment


@transaction.atomic
def release(*, case: Case, by: Actor, declined: bool, reason: str, at: datetime | None = None) -> Case:
    """The person does not take it, or is replaced (Art. 55): three days to assign anew; the list remembers.

    Raises Refused "begun_already" where it is declined after the work began, "wrong_stage".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "release")
    reason = clean_text(reason, most=500, field="reason")
    if declined and case.stage != Stage.ASSIGNED:
        raise Refused(_("已经开始承办，不能再不接受；需要换人的，请机构更换。"), code="begun_already")
    end_assignment(case, AssignmentState.DECLINED if declined else AssignmentState.REPLACED, by, at, reason)
    entry = "declined" if declined else "replaced"
    return lead(case, "release", entry, by, at, tells=True)
