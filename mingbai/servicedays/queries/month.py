"""What the planner is given of a month: places with their needs, people with their free days, the rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from mingbai.people.queries import staffing
from mingbai.people.rules import Staffing, WorkerRow
from mingbai.places.enums import Level
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.places.rules import Register
from mingbai.servicedays.enums import DayState, RuleCode
from mingbai.servicedays.models import Need, Plan, ServiceDay
from mingbai.servicedays.queries.needs import below, sums_of
from mingbai.servicedays.queries.terms import blocks_in, hosts_on, limits, terms_on
from mingbai.servicedays.rules.building import Month, PersonRow, SpotRow, left_after
from mingbai.servicedays.rules.skills import skills_of
from mingbai.servicedays.rules.terms import Terms
from mingbai.servicedays.rules.weighing import Held
from mingbai.servicedays.solver.instance import Point


def first_of(month: int) -> date:
    """The first day of a month written as yyyymm."""
    return date(month // 100, month % 100, 1)


def last_of(month: int) -> date:
    return (first_of(month) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class _Out:
    """Days that are fixed outside the plan, near enough to matter."""

    days: tuple[ServiceDay, ...]
    busy: dict[str, set[date]]
    asked: Counter[str]
    promised: dict[str, Counter[str]]


def month_of(
    region: str, month: int, *, plan: Plan | None = None, since: date | None = None, today: date | None = None
) -> Month:
    """The month of a region as it is now. Days of `plan` are not counted as fixed.

    `since`: days before it are left out. A dozen queries, whatever the number of places and people.
    """
    today = today or timezone.localdate()
    places, first, last = register(), first_of(month), last_of(month)
    terms = terms_on(max(today, first), region)
    held = held_days(plan) if plan is not None else []
    dates = _dates(places, max(first, since or first), last, held)
    out = _outside(plan, first, last, since or today + timedelta(days=1), today)
    points = _points(places)
    return Month(
        dates=dates,
        terms=terms,
        spots=tuple(_spots(places, region, terms, dates, out, points, held, today)),
        people=tuple(_people(places, region, terms, dates, out, points)),
    )


def held_days(plan: Plan) -> list[Held]:
    """The days of a plan with their teams: two queries."""
    days = plan.days.exclude(state=DayState.CANCELLED).order_by("on", "region_id")
    return [
        Held(day.region_id, day.on, {member.worker.code: member.skill for member in day.team.all()})
        for day in days.prefetch_related("team__worker")
    ]


def _dates(places: Register, first: date, last: date, held: Iterable[Held]) -> tuple[date, ...]:
    """The working days, and other days on which people have put one (fairs are held on Sundays too)."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    working = {day for day in every if places.workdays.is_workday(day)}
    return tuple(sorted(working | {day.on for day in held if first <= day.on <= last}))


def _outside(plan: Plan | None, first: date, last: date, since: date, today: date) -> _Out:
    """Published days of other plans, of the weeks around, and those of the plan itself (and of the one that
    it replaces) before `since`; what those to come will serve is promised."""
    near = timedelta(days=31)
    days = ServiceDay.objects.filter(state__in=[DayState.PLANNED, DayState.HELD])
    days = days.within(first - near, last + near)
    if plan is not None:
        replaced = [plan.pk, plan.replaces_id] if plan.replaces_id else [plan.pk]
        days = days.exclude(plan_id__in=replaced, on__gte=since)
    rows = list(days.order_by("on", "id").prefetch_related("team__worker"))
    busy: dict[str, set[date]] = defaultdict(set)
    asked: Counter[str] = Counter()
    promised: dict[str, Counter[str]] = defaultdict(Counter)
    for day in rows:
        for member in day.team.all():
            busy[member.worker.code].add(day.on)
            asked[member.worker.code] += first <= day.on <= last
            if day.state == DayState.PLANNED and day.on >= today:
                promised[day.region_id][member.skill] += 1
    return _Out(tuple(rows), busy, asked, promised)


def _points(places: Register) -> dict[str, Point]:
    """The point of each region: of its own station, the first that has one."""
    found: dict[str, Point] = {}
    rows = Station.objects.filter(latitude__isnull=False).order_by("code")
    for region, latitude, longitude in rows.values_list("region_id", "latitude", "longitude"):
        if latitude is not None and longitude is not None:
            found.setdefault(region, (float(latitude), float(longitude)))
    return found


def _spots(
    places: Register,
    region: str,
    terms: Terms,
    dates: tuple[date, ...],
    out: _Out,
    points: dict[str, Point],
    held: Iterable[Held],
    today: date,
) -> Iterable[SpotRow]:
    """Townships, hosting communities, and whatever else holds needs or a day of the plan."""
    needs: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in sums_of(Need.objects.open().filter(below(region)), today):
        needs[row.spot][row.skill] = (row.waiting, row.urgent)
    below_region = places.subtree(region)
    townships = {
        code
        for code in below_region
        if places.regions[code].level == Level.TOWNSHIP and places.regions[code].is_valid(today)
    }
    codes = townships | (hosts_on(today).keys() & below_region) | needs.keys() | {day.spot for day in held}
    shut = _shut(places, codes, terms, dates, out)
    for code in sorted(codes):
        promised = {s: n * terms[RuleCode.CAPACITY] for s, n in out.promised.get(code, Counter()).items()}
        yield SpotRow(
            code=code,
            name=places.regions[code].name,
            county=places.county_of(code),
            point=points.get(code),
            needs=left_after(needs.get(code, {}), promised),
            shut=frozenset(shut[code]),
            held=sum(
                day.region_id == code and dates[:1] != () and _same_month(day.on, dates[0])
                for day in out.days
            ),
        )


def _same_month(day: date, other: date) -> bool:
    return (day.year, day.month) == (other.year, other.month)


def _shut(
    places: Register, codes: Iterable[str], terms: Terms, dates: tuple[date, ...], out: _Out
) -> dict[str, set[date]]:
    """Days that are blocked, and those too near to a day that is held anyway."""
    shut: dict[str, set[date]] = {code: set() for code in codes}
    if not dates:
        return shut
    for block in blocks_in(dates[0], dates[-1]):
        for code in places.subtree(block.region_id) & shut.keys():
            shut[code] |= {day for day in dates if block.starts_on <= day <= block.ends_on}
    for held in out.days:
        if held.region_id in shut:
            shut[held.region_id] |= {day for day in dates if _is_near(places, day, held.on, terms)}
    return shut


def _is_near(places: Register, day: date, other: date, terms: Terms) -> bool:
    low, high = min(day, other), max(day, other)
    return low == high or places.workdays.count_workdays(low, high) < terms[RuleCode.GAP_DAYS]


def _people(
    places: Register, region: str, terms: Terms, dates: tuple[date, ...], out: _Out, points: dict[str, Point]
) -> Iterable[PersonRow]:
    """Who can be sent within a region: its own people, and those of the centres above it."""
    staff, limit_of = staffing(), limits()
    homes = places.subtree(region) | {row.code for row in places.ancestors(region)}
    duties = _duty_days(staff, dates)
    for row in sorted(staff.workers.values(), key=lambda one: one.code):
        skills, limit = skills_of(row.post, row.lines), limit_of.get(row.id)
        if row.region not in homes or not skills or (limit and not limit.is_sent):
            continue
        busy = set(out.busy.get(row.code, ()))
        if not (limit and limit.leaves_duty):
            busy |= duties.get(row.id, set())
        most = limit.most_days if limit and limit.most_days is not None else terms[RuleCode.PERSON_DAYS]
        capacity = limit.capacity if limit and limit.capacity is not None else terms[RuleCode.CAPACITY]
        home = _home(places, row)
        yield PersonRow(
            code=row.code,
            name=row.name,
            skills=tuple(str(skill) for skill in skills),
            county=places.county_of(home),
            spot=_own_spot(places, home),
            point=points.get(home) or points.get(_own_spot(places, home)),
            free=frozenset(day for day in dates if day not in busy and not staff.is_absent(row.id, day)),
            most_days=max(0, most - out.asked.get(row.code, 0)),
            capacity=capacity,
        )


def _duty_days(staff: Staffing, dates: tuple[date, ...]) -> dict[int, set[date]]:
    """On which days who is rostered at a window: nobody is called away from there without saying so."""
    found: dict[int, set[date]] = defaultdict(set)
    for duties in staff.duties.values():
        for duty in duties:
            found[duty.worker] |= {day for day in dates if duty.is_on(day)}
    return found


def _home(places: Register, row: WorkerRow) -> str:
    station = places.stations.get(row.station)
    return station.region if station else row.region


def _own_spot(places: Register, home: str) -> str:
    """The township somebody lives in; "" for who belongs to a county's or the city's centre."""
    return next((row.code for row in places.ancestors(home) if row.level == Level.TOWNSHIP), "")
