"""Four weeks on the line, told by another exchange's records, and what inspection found of the last one."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.refused import Refused
from mingbai.hotline.actions import quality
from mingbai.hotline.models import Inspection
from mingbai.hotline.queries.quality import sheet_on
from mingbai.integrations.callrecords.actions import SourceTerms, land_records, make_source
from mingbai.legalaid import actions as aid
from mingbai.legalaid.queries.quality import criteria_on
from mingbai.people.actions import register_worker
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.models import Station
from mingbai.web.demo.city import CITY, DEMO, user_of
from mingbai.web.demo.texts import GIVEN, SURNAMES

DAYS = 28
_COLUMNS = {
    "uid": "流水号",
    "number": "主叫号码",
    "offered": "呼入时间",
    "answered": "接通时间",
    "ended": "挂机时间",
    "seat": "工号",
}
_HOURS = (8, 9, 9, 9, 10, 10, 10, 11, 13, 14, 14, 15, 15, 16, 17, 20)
"""When people call: mostly in the morning."""


def live(rng: random.Random) -> None:
    """Some two hundred calls, a draw of the last week with scores, and reviews of closed legal aid."""
    station = Station.objects.get(code=CITY)
    agents = ["D0002", *(_agent(rng, station, number) for number in (1, 2))]
    terms = SourceTerms(name="省热线平台", columns=_COLUMNS)
    source = make_source(by=DEMO, code="province-line", station=station, terms=terms)
    land_records(by=DEMO, source=source, rows=enumerate(_rows(rng, agents), start=2))
    _inspect(rng, station)
    _review()


def _agent(rng: random.Random, station: Station, number: int) -> str:
    """A colleague of the agent's who does not sign in here."""
    code = f"D{90 + number:04d}"
    register_worker(
        by=DEMO,
        name=rng.choice(SURNAMES) + rng.choice(GIVEN),
        post=Post.HOTLINE_AGENT,
        region=station.region,
        station=station,
        code=code,
        is_full_time=True,
        post_type="contract",
    )
    return code


def _rows(rng: random.Random, agents: list[str]) -> Iterator[dict[str, str]]:
    now = timezone.localtime()
    for back in range(DAYS, 0, -1):
        day = now - timedelta(days=back)
        for _one in range(rng.randrange(3, 5) if day.weekday() > 4 else rng.randrange(8, 12)):
            at = day.replace(hour=rng.choice(_HOURS), minute=rng.randrange(60), second=rng.randrange(60))
            yield _call(rng, at, agents)


def _call(rng: random.Random, at: datetime, agents: list[str]) -> dict[str, str]:
    wait = timedelta(seconds=int(rng.expovariate(1 / 7)) + 2)
    is_answered = rng.random() > 0.04
    ended = at + wait + timedelta(seconds=rng.randrange(60, 900)) * is_answered
    said = {"offered": at, "answered": at + wait if is_answered else None, "ended": ended}
    row = {_COLUMNS[name]: f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "" for name, moment in said.items()}
    return row | {
        _COLUMNS["uid"]: f"{rng.randrange(10**12):012d}",
        _COLUMNS["number"]: f"13{rng.randrange(10**9):09d}",
        _COLUMNS["seat"]: rng.choice(agents) if is_answered else "",
    }


def _inspect(rng: random.Random, station: Station) -> None:
    """Last week's draw: most are scored, one is objected to, the last ones wait."""
    today = timezone.localdate()
    last, inspector = today - timedelta(days=1), user_of("quality").actor
    quality.draw(by=inspector, station=station, first=today - timedelta(days=7), last=last, share=15)
    drawn, sheet = list(Inspection.objects.order_by("worker__code", "pk")), sheet_on(today)
    assert sheet is not None
    for one in drawn[:-2]:
        points = [line["points"] - rng.choice((0, 0, 0, 2, 5)) for line in sheet.lines]
        quality.score(by=inspector, inspection=one, points=points, remark="法条准确；结束前请复述要点。")
    mine = next((one for one in drawn[:-2] if one.worker.code == "D0002"), None)
    if mine is not None:
        quality.object_to(by=user_of("agent").actor, inspection=mine, objection="对方先挂断，没机会复述。")


def _review() -> None:
    """A lot among the closed matters with aid; the first is rated."""
    now = timezone.now()
    people = list(Worker.objects.filter(aid__is_active=True, is_active=True).order_by("code"))
    try:
        made = aid.draw_for_review(
            cases=Case.objects.all(),
            by=user_of("aid").actor,
            reviewers=people,
            count=3,
            seed="体彩 26129 期",
            first=now - timedelta(days=60),
            last=now,
        )
    except Refused:
        return  # in this city's weeks nothing was closed, or one firm worked it all
    first = made[0]
    points = {row.code: row.most - 1 for row in criteria_on(timezone.localdate())}
    aid.rate(assessment=first, by=DEMO, reviewer=first.reviewer, points=points, text="证据齐，回访及时。")
