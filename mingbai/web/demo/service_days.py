"""Service days of the demo: needs in villages, a month that is published, the next one proposed."""

import random
from datetime import date, datetime, timedelta

from django.utils import timezone

from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.servicedays.actions import days, needs, plans, publishing, records, running
from mingbai.servicedays.enums import RecordKind, Skill
from mingbai.servicedays.models import Plan, ServiceDay
from mingbai.servicedays.rules.day import Jotting
from mingbai.servicedays.rules.needs import Wish
from mingbai.servicedays.rules.skills import OF_POST
from mingbai.web.demo.city import CITY, DEMO
from mingbai.web.demo.texts import GIVEN, STORIES, SURNAMES

NEEDS, DAYS, RECORDS = 90, 4, 5
SECONDS = 4
_SENT = (Post.LAWYER, Post.VILLAGE_LAWYER, Post.MEDIATOR, Post.LEGAL_AID_CLERK, Post.NOTARY)


def live(rng: random.Random) -> None:
    """Needs of the last months, a published month with a day that is over, a proposal for the next."""
    _needs(rng)
    _this_month(rng)
    _next_month()


def _needs(rng: random.Random) -> None:
    villages = [row.code for row in register().regions.values() if row.level == "village"]
    around, today = rng.sample(sorted(villages), 40), timezone.localdate()
    wishes = [
        Wish(
            region=rng.choice(around),
            skill=rng.choices(list(Skill), [5, 3, 3, 2])[0],
            count=rng.choice((1, 1, 1, 2, 3)),
            is_urgent=rng.random() < 0.15,
            since=today - timedelta(days=rng.randrange(120)),
            text=rng.choice(STORIES).text,
            name=rng.choice(SURNAMES) + rng.choice(GIVEN),
            phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
            client_key=f"demo-{number}",
        )
        for number in range(NEEDS)
    ]
    needs.take_down_needs(by=DEMO, wishes=wishes)


def _this_month(rng: random.Random) -> None:
    """Published some weeks ago; the first of its days is over and closed."""
    today = timezone.localdate()
    then = timezone.now() - timedelta(days=30)
    plan = plans.make_plan(by=DEMO, region=Region.objects.get(code=CITY), month=_month(today), at=then)
    people = {skill: _people(skill) for skill in Skill}
    towns = _towns(DAYS)
    for number, on in enumerate(_dates(today)):
        chosen = {skill: held[number % len(held)] for skill, held in people.items() if held}
        team = {worker.code: str(skill) for skill, worker in chosen.items()}
        plan = plans.add_day(
            by=DEMO, plan=plan, version=plan.version, region=towns[number], on=on, team=team, at=then
        ).plan
    plan = publishing.publish(by=DEMO, plan=plan, version=plan.version, despite="演示：先办起来", at=then)
    for day in plan.days.filter(on__lt=today).order_by("on"):
        _hold(rng, day)


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _dates(today: date) -> list[date]:
    """Some days of this month: before today where there are any, today, and later."""
    near = (today + timedelta(days=n) for n in (-9, -2, 0, 3, 8, -16, 12, -20))
    return sorted([day for day in near if day.month == today.month][:DAYS])


def _people(skill: Skill) -> list[Worker]:
    posts = [post for post in _SENT if OF_POST.get(post) == skill]
    return list(Worker.objects.filter(post__in=posts, is_active=True).order_by("code")[:8])


def _towns(count: int) -> list[str]:
    """Townships of several counties."""
    towns = sorted(row.code for row in register().regions.values() if row.level == "township")
    return towns[:: max(1, len(towns) // count)][:count]


def _hold(rng: random.Random, day: ServiceDay) -> None:
    at = timezone.make_aware(datetime.combine(day.on, datetime.min.time())) + timedelta(hours=10)
    for member in day.team.all():
        days.sign_in(by=DEMO, day=day, worker=member.worker, at=at)
    notes = [_note(rng, day, number, at) for number in range(RECORDS)]
    records.write_records(by=DEMO, notes=notes)
    days.close_day(by=DEMO, day=day, at=at + timedelta(hours=6))


def _note(rng: random.Random, day: ServiceDay, number: int, at: datetime) -> Jotting:
    story = rng.choice(STORIES)
    key = f"demo-{day.pk}-{number}"
    if number == 0:
        return Jotting(day=day.pk, kind=RecordKind.MATERIALS, guides=40, posters=2, client_key=key, at=at)
    return Jotting(
        day=day.pk,
        kind=RecordKind.CONSULTATION,
        name=rng.choice(SURNAMES) + rng.choice(GIVEN),
        phone=f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
        text=story.text,
        answer=story.answer,
        laws=story.laws,
        client_key=key,
        at=at + timedelta(minutes=20 * number),
    )


def _next_month() -> None:
    """A draft with the planner's own proposal: a few seconds of computing."""
    later = (timezone.localdate().replace(day=1) + timedelta(days=62)).replace(day=1)
    plan = plans.make_plan(by=DEMO, region=Region.objects.get(code=CITY), month=_month(later))
    running.ask_proposal(by=DEMO, plan=plan, version=plan.version, seconds=SECONDS)
    running.run_plans(by=DEMO)
    assert Plan.objects.filter(pk=plan.pk, days__isnull=False).exists()
