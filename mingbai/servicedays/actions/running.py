"""Proposals: asked for, computed by a worker that may die at any moment, taken into the draft by people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.when import day as day_words
from mingbai.core.when import moment
from mingbai.people.models import Worker
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.servicedays.actions._plan import add, bump, draft, drop_from
from mingbai.servicedays.actions._record import enter, now_or
from mingbai.servicedays.actions.publishing import begin_replacement
from mingbai.servicedays.enums import RuleCode, RunKind, RunState, Skill
from mingbai.servicedays.models import Need, Plan, PlanRun
from mingbai.servicedays.queries.month import held_days, month_of
from mingbai.servicedays.queries.needs import below, sums_of
from mingbai.servicedays.queries.terms import terms_on
from mingbai.servicedays.rules.building import Built, build
from mingbai.servicedays.rules.reasons import why
from mingbai.servicedays.rules.weighing import Held, slots_of
from mingbai.servicedays.solver.instance import Need as Wanted
from mingbai.servicedays.solver.late import make_plan, mended
from mingbai.servicedays.solver.missing import what_is_missing
from mingbai.servicedays.solver.objective import Plan as Slots
from mingbai.servicedays.solver.objective import plan_data, score

if TYPE_CHECKING:
    from mingbai.servicedays.solver.planner import Outcome
    from mingbai.servicedays.solver.replan import Touched

LEAST_SECONDS, MOST_SECONDS = 2, 120
REPLAN_SECONDS = 4.0
MOST_TRIES = 3


@transaction.atomic
def ask_proposal(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    seconds: int = 30,
    kind: str = RunKind.PLAN,
    at: datetime | None = None,
) -> PlanRun:
    """Queue the computing of a proposal for a draft.

    Raises Refused "planner_busy" while another one is computed for the same month of the city (it says who
    asked for it and when), "bad_seconds", "not_a_draft", "changed_meanwhile".
    """
    at, plan = now_or(at), draft(plan, version)
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        words = {"least": LEAST_SECONDS, "most": MOST_SECONDS}
        raise Refused(_("时限为 %(least)d 到 %(most)d 秒。") % words, code="bad_seconds", field="seconds")
    city = register().city_of(plan.region_id)
    run = PlanRun(
        plan=plan, city=city, month=plan.month, kind=kind, seconds=seconds, version=plan.version,
        asked_by=by.name, asked_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise _busy(city, plan.month) from None
    enter(plan, "proposal_asked", by, at, run=run.pk, kind=kind, seconds=seconds)
    return run


def _busy(city: str, month: int) -> Refused:
    going = [RunState.QUEUED, RunState.RUNNING]
    other = PlanRun.objects.filter(city=city, month=month, state__in=going).first()
    who = (
        _("（%(who)s %(when)s 发起）") % {"who": other.asked_by, "when": moment(other.asked_at)}
        if other
        else ""
    )
    return Refused(
        _("这个月的计划正在计算%(who)s，一次只算一份。") % {"who": who},
        code="planner_busy",
        kept=_("您的草案没有变。"),
        do=_("请等它算完再试，通常不到一分钟。"),
    )


def run_plans(*, by: Actor, now: datetime | None = None) -> int:
    """Compute what is queued, and again what a killed worker left; return how many. One worker at a time.

    The periodic job that calls this is held by one worker: a run that stands as running has lost its own.
    """
    done = 0
    while run := _claim(by, now_or(now)):
        _compute(run, by)
        done += 1
    return done


@transaction.atomic
def _claim(by: Actor, now: datetime) -> PlanRun | None:
    waiting = PlanRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).order_by("asked_at", "id")
    run = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if run is None:
        return None
    if run.tries >= MOST_TRIES:
        _fail(run, now, _("计算了 %(n)d 次都没有完成。") % {"n": run.tries})
        return _claim(by, now)
    run.state, run.started_at, run.alive_at = RunState.RUNNING, now, now
    run.tries += 1
    run.save(update_fields=["state", "started_at", "alive_at", "tries"])
    return run


def _compute(run: PlanRun, by: Actor) -> None:
    """Compute, keep every better plan at once, and put the last into the draft that nobody has touched."""
    try:
        # The reasons are kept and read by all: in the house's language, whoever asked.
        with translation.override(settings.LANGUAGE_CODE):
            built = _built(run)
            if run.kind == RunKind.REPLAN:
                _replan(run, built)
            else:
                _plan(run, built)
    except Refused as refused:
        _fail(run, timezone.now(), str(refused))
        return
    except Exception as error:
        _fail(run, timezone.now(), f"{type(error).__name__}: {error}")
        raise
    _finish(run, by)


def _built(run: PlanRun) -> Built:
    """The month from the first day that can still be arranged."""
    today = timezone.localdate()
    notice = today + timedelta(days=terms_on(today, run.plan.region_id)[RuleCode.NOTICE_DAYS])
    is_replan = run.kind == RunKind.REPLAN
    since = today + timedelta(days=1) if is_replan else notice
    data = month_of(run.plan.region_id, run.plan.month, plan=run.plan, since=since, today=today)
    # Within the week of notice nothing new is held; what was published there stays open to be mended.
    keep = frozenset((held.spot, held.on) for held in held_days(run.plan)) if is_replan else frozenset()
    return build(data, keep=keep, earliest=notice)


def _plan(run: PlanRun, built: Built) -> None:
    told: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        is_better = not told or outcome.plan is not told[-1].plan
        told.append(outcome)
        _keep(run, built, outcome if is_better else None, outcome)

    outcome = make_plan(built.instance, float(run.seconds), tell)
    _keep(run, built, outcome, outcome)
    run.notes = [*built.notes, *what_is_missing(built.instance)]


def _keep(run: PlanRun, built: Built, better: Outcome | None, latest: Outcome) -> None:
    """What has been found so far outlives this process."""
    run.objective, run.bound, run.greedy = latest.objective, latest.bound, latest.greedy
    fields: dict[str, Any] = {"objective": run.objective, "bound": run.bound, "greedy": run.greedy}
    if better is not None:
        run.result = fields["result"] = _result(run, built, better.plan)
    PlanRun.objects.filter(pk=run.pk).update(alive_at=timezone.now(), **fields)


def _result(run: PlanRun, built: Built, plan: Slots) -> dict[str, Any]:
    """The referee's format with dates and reasons. Days beyond what a place may have in all are left out."""
    plan = _within_most(built, plan)
    today = timezone.localdate()
    oldest: dict[str, date] = {}
    for row in sums_of(Need.objects.open().filter(below(run.plan.region_id)), today):
        oldest[row.spot] = min(row.oldest, oldest.get(row.spot, row.oldest))
    reasons = why(built, plan, oldest, today)
    data = plan_data(built.instance, plan)
    data["since"] = (built.month.dates[0] if built.month.dates else date.max).isoformat()
    for held in data["service_days"]:
        slot = (built.spot(held["place"]), held["day"])
        held["on"], held["why"] = built.month.dates[held["day"]].isoformat(), reasons[slot]
    return data


def _within_most(built: Built, plan: Slots) -> Slots:
    most, seen = built.instance.max_days_per_place, Counter[int]()
    kept: Slots = {}
    for slot in sorted(plan, key=lambda one: one[1]):
        seen[slot[0]] += 1
        if seen[slot[0]] + built.month.spots[slot[0]].held <= most:
            kept[slot] = plan[slot]
    return kept


def _replan(run: PlanRun, built: Built) -> None:
    """As little as possible changes of what was published; what did is said in words."""
    published = slots_of(built, _future(run.plan, built))
    base, urgent = _before(run, built)
    result = mended(base.instance, published, urgent, REPLAN_SECONDS)
    found = score(result.instance, result.plan).objective
    run.objective, run.bound, run.greedy = found, None, score(result.instance, published).objective
    run.result = _result(run, built, result.plan)
    lost = [line for held in _future(run.plan, built) for line in _gone(built, held)]
    run.notes = [*built.notes, *lost, *(_touched(built, one) for one in result.touched)]


def _future(plan: Plan, built: Built) -> list[Held]:
    """The days to come; a person who is gone is out of the team by `slots_of`."""
    return [held for held in held_days(plan) if held.on in built.month.dates]


def _before(run: PlanRun, built: Built) -> tuple[Built, dict[tuple[int, str], Wanted]]:
    """The month without the urgent needs that came after the publication, and those."""
    baseline = {
        (place, skill): urgent for place, skill, _count, urgent in (run.plan.replaces or run.plan).baseline
    }
    more: dict[tuple[int, str], Wanted] = {}
    needs = dict(built.instance.needs)
    for (t, skill), need in built.instance.needs.items():
        new = need.urgent - baseline.get((built.instance.places[t].code, skill), 0)
        if new > 0:
            more[t, skill] = Wanted(new, new)
            needs[t, skill] = Wanted(need.count - new, need.urgent - new)
    return replace(built, instance=replace(built.instance, needs=needs)), more


def _gone(built: Built, held: Held) -> list[str]:
    """Who was in the team of a day and is on the register no more, or is not sent any more."""
    place = built.instance.places[built.spot(held.spot)].name
    text = _("%(place)s %(when)s：%(who)s 已不能派出（离岗或不参加服务日）")
    return [
        text % {"place": place, "when": day_words(held.on), "who": code}
        for code in held.team
        if code not in built.instance.person_index
    ]


def _touched(built: Built, one: Touched) -> str:
    """One change in words: where, when, who for whom, why."""
    names: Mapping[str, str] = {row.code: row.name for row in built.month.people}
    place = built.instance.places[built.spot(one.place)].name
    what = {"cancelled": _("取消"), "added": _("新增"), "team": _("换人")}[one.what]
    text = _("%(place)s %(when)s：%(what)s") % {
        "place": place, "when": day_words(built.month.dates[one.day]), "what": what,
    }  # fmt: skip
    if one.what == "team" and one.left:
        text += _("，%(who)s不去") % {"who": "、".join(names.get(code, code) for code in one.left)}
    if one.what != "cancelled" and one.joined:
        text += _("，%(who)s去") % {"who": "、".join(names.get(code, code) for code in one.joined)}
    is_shut = one.what != "added" and not built.instance.is_open(built.spot(one.place), one.day)
    reason = _("这一天在这里不能办了") if is_shut else one.why
    for code in sorted(names, key=len, reverse=True):
        reason = reason.replace(code, names[code])
    return f"{text}（{reason}）"


def _fail(run: PlanRun, now: datetime, error: str) -> None:
    run.state, run.ended_at, run.error = RunState.FAILED, now, error[:300]
    run.save(update_fields=["state", "ended_at", "error", "tries"])


@transaction.atomic
def _finish(run: PlanRun, by: Actor) -> None:
    """The run is done; a draft that nobody has changed since takes the proposal at once."""
    now = timezone.now()
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=run.plan_id)
    run.state, run.ended_at, run.error = RunState.DONE, now, ""
    run.save()
    said = {"run": run.pk, "objective": run.objective, "bound": run.bound}
    if plan.version == run.version and plan.state == "draft":
        _take(plan, run, by, now)
    else:
        enter(plan, "proposal_made", by, now, **said)


@transaction.atomic
def take_proposal(*, by: Actor, plan: Plan, version: int, run: PlanRun, at: datetime | None = None) -> Plan:
    """Put a proposal in place of the draft's days. Raises Refused "no_proposal" and those of the version."""
    at, plan = now_or(at), draft(plan, version)
    found = plan.runs.filter(pk=run.pk, state=RunState.DONE).first()
    if found is None:
        raise Refused(_("这个方案还没有算好，或不属于这份草案。"), code="no_proposal")
    return _take(plan, found, by, at)


def _take(plan: Plan, run: PlanRun, by: Actor, at: datetime) -> Plan:
    rows = run.result["service_days"]
    codes = {member["person"] for held in rows for member in held["team"]}
    workers = {worker.code: worker for worker in Worker.objects.filter(code__in=codes, is_active=True)}
    regions = {row.pk: row for row in Region.objects.filter(pk__in={held["place"] for held in rows})}
    # What lies before the first day that was planned is not the proposal's to take away.
    drop_from(plan, date.fromisoformat(run.result["since"]))
    for held in rows:
        team = {
            workers[one["person"]]: str(Skill(one["skill"]))
            for one in held["team"]
            if one["person"] in workers
        }
        add(plan, regions[held["place"]], date.fromisoformat(held["on"]), team, held["why"])
    plan.changes = run.notes if run.kind == RunKind.REPLAN else plan.changes
    plan.save(update_fields=["changes"])
    return bump(plan, "proposal_taken", by, at, run=run.pk, days=len(rows))


@transaction.atomic
def ask_replan(*, by: Actor, plan: Plan, at: datetime | None = None) -> PlanRun:
    """Somebody is ill, a road is closed, an urgent need has come: a draft that changes as little as possible.

    The draft begins as the published days to come. Raises Refused "not_published", "plan_exists",
    "planner_busy".
    """
    at = now_or(at)
    draft_plan = begin_replacement(by=by, plan=plan, at=at)
    return ask_proposal(
        by=by, plan=draft_plan, version=draft_plan.version, seconds=LEAST_SECONDS, kind=RunKind.REPLAN, at=at
    )
