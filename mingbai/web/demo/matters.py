"""Some weeks of living matters in the demo city, relative to now, by the same actions as every channel."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.utils import timezone

from mingbai.cases.actions import handover, ratings, work
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import Channel, Tell
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case, Handover
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import RESIDENT, Actor
from mingbai.hotline.actions import write_down
from mingbai.people.actions.partners import make_partner
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.places.queries import register
from mingbai.web.demo import aid, mediation
from mingbai.web.demo.city import CITY, COUNTY, DEMO, OTHER_COUNTY
from mingbai.web.demo.texts import GIVEN, STORIES, SURNAMES, Story

COUNT = 160
WEEKS = 5
_CHANNELS = (
    (Channel.WEB, 5),
    (Channel.HOTLINE, 6),
    (Channel.WINDOW, 5),
    (Channel.WECHAT, 2),
    (Channel.PARTNER, 2),
    (Channel.VILLAGE, 1),
)
_ENDS = ("closed", "closed", "told", "answered", "working", "asked", "fresh", "fresh")
_OLD_ENDS = ("closed",) * 30 + ("told", "asked", "working")
"""Matters older than some days are done, but for a few: the board shall have something to say."""


def live(rng: random.Random, count: int = COUNT) -> int:
    """Open `count` matters over the last weeks and lead each as far as its day allows."""
    now = timezone.now()
    aid.enrol()
    mediation.found()
    for opened_at in _moments(rng, now, count):
        _one(rng, rng.choice(STORIES), opened_at, now)
    _hand_over(now)
    return count


def _moments(rng: random.Random, now: datetime, count: int) -> Iterator[datetime]:
    """Office hours of the last weeks, in order; a handful come in today."""
    days = [timezone.localdate(now) - timedelta(days=back) for back in range(WEEKS * 7, -1, -1)]
    found = []
    for number in range(count):
        day = days[-1] if number < 6 else rng.choice(days)
        at = datetime.combine(day, time(8, 30)) + timedelta(minutes=rng.randrange(9 * 60))
        found.append(min(timezone.make_aware(at), now - timedelta(minutes=5 + number % 50)))
    yield from sorted(found)


def _one(rng: random.Random, story: Story, opened_at: datetime, now: datetime) -> None:
    channel = rng.choices([each for each, _w in _CHANNELS], [weight for _c, weight in _CHANNELS])[0]
    partner = (
        make_partner(by=DEMO, code="12345", name="12345 政务服务便民热线") if channel == "partner" else None
    )
    by = partner.actor if partner else (DEMO if channel in (Channel.WINDOW, Channel.HOTLINE) else RESIDENT)
    anonymous = rng.random() < 0.08
    opened = open_case(
        by=by,
        intake=Intake(
            kind=story.kind,
            channel=channel,
            text=story.text,
            region=_place(rng),
            speaker=Person() if anonymous else _person(rng),
            is_wage=story.is_wage,
            is_urgent=story.is_urgent,
            partner_id=partner.pk if partner else None,
            partner_number=f"12345-{rng.randrange(10**9):09d}" if partner else "",
            opened_at=opened_at,
        ),
    )
    if channel == Channel.HOTLINE:
        write_down(by=by, case=opened.case)
    _lead(rng, opened.case, story, opened_at, now)


def _place(rng: random.Random) -> str:
    """Somewhere in the city; the two counties of the demo's desks have more than their share."""
    regions = register()
    inside = rng.choice([CITY, COUNTY, COUNTY, COUNTY, OTHER_COUNTY])
    return rng.choice(sorted(regions.subtree(inside)))


def _person(rng: random.Random) -> Person:
    phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
    return Person(name=rng.choice(SURNAMES) + rng.choice(GIVEN), phone=phone)


def _lead(rng: random.Random, case: Case, story: Story, at: datetime, now: datetime) -> None:
    """Lead the matter on, each step some hours later, never beyond now."""
    end = rng.choice(_OLD_ENDS if at < now - timedelta(days=3) else _ENDS)
    staff = Worker.objects.filter(station_id=case.station_id, is_active=True, user__isnull=False)
    worker = staff.order_by("code").first()
    by = worker.user.actor if worker and worker.user else DEMO
    if end == "fresh":
        return
    at = _later(rng, at, 2)
    if worker and at < now:
        case = work.take_up(case=case, by=by, worker=worker, at=at)
    at = _later(rng, at, 8)
    if end == "working" or at >= now:
        return
    if case.kind == "legal_aid":
        aid.lead(rng, case, by, end, at, now)
        return
    if case.kind == "mediation":
        mediation.lead(rng, case, by, at, now)
        return
    if end == "asked":
        work.ask(case=case, by=by, text="请补充一下：对方的姓名和联系方式，有没有书面材料？", at=at)
        return
    case = _answer(case, by, story, at)
    _finish(rng, case, by, end, at, now)


def _answer(case: Case, by: Actor, story: Story, at: datetime) -> Case:
    kind = KINDS.get(case.kind)
    if kind.mode == "guided":
        return work.guide(
            case=case,
            by=by,
            office=str(kind.office),
            papers=[str(paper) for paper in kind.papers],
            text=story.answer,
            at=at,
        )
    return work.answer(case=case, by=by, text=story.answer, laws=story.laws, at=at)


def _finish(rng: random.Random, case: Case, by: Actor, end: str, at: datetime, now: datetime) -> None:
    at = _later(rng, at, 6)
    if end == "answered" or at >= now:
        return
    case = work.tell(case=case, by=by, how=Tell.PHONE if case.speaker_id else Tell.FOLLOW, at=at)
    at = _later(rng, at, 3)
    if end == "told" or at >= now:
        return
    case = work.close(case=case, by=by, at=at)
    if rng.random() < 0.6 and _later(rng, at, 2) < now:
        grade = rng.choices([5, 4, 3, 2, 1], [52, 30, 12, 4, 2])[0]
        ratings.rate(
            case=case, by=RESIDENT, grade=grade, text="", channel=case.channel, at=at + timedelta(hours=1)
        )


def _later(rng: random.Random, at: datetime, hours: int) -> datetime:
    return at + timedelta(minutes=20 + rng.randrange(60 * hours))


def _hand_over(now: datetime) -> None:
    """Two offers wait in an inbox, one matter was declined twice and waits for the supervisor."""
    mine = list(
        Case.objects.open().filter(station_id=COUNTY).exclude(state="answered").order_by("-opened_at")[:2]
    )
    other, city = Station.objects.get(code=OTHER_COUNTY), Station.objects.get(code=CITY)
    theirs = list(Case.objects.open().filter(station_id=OTHER_COUNTY).exclude(state="answered")[:2])
    for case in mine[:1]:
        for reason in ("事发地在新宾，证人都在那边。", "当事人已搬到新宾，请再考虑。"):
            _decline(
                handover.offer(case=case, by=DEMO, to=other, reason=reason, at=now - timedelta(hours=5)), now
            )
    county = Station.objects.get(code=COUNTY)
    for case in theirs:
        handover.offer(
            case=case, by=DEMO, to=county, reason="合同在新抚区签订和履行。", at=now - timedelta(hours=2)
        )
    for case in mine[1:]:
        handover.offer(
            case=case, by=DEMO, to=city, reason="涉及司法鉴定，请市级中心协助。", at=now - timedelta(hours=1)
        )


def _decline(offered: Handover, now: datetime) -> None:
    handover.decline_handover(
        handover=offered, by=DEMO, reason="劳动关系在新抚区，应由新抚区办理。", at=now - timedelta(hours=4)
    )
