"""Rates, quiet hours, the digest, and workers that die anywhere: nothing lost, second sendings marked."""

import random
from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.refused import Refused
from mingbai.journal.queries import history
from mingbai.notices import actions
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice, Way
from mingbai.notices.queries import ways
from mingbai.notices.rules import LEASE, Terms, allowance, is_quiet
from mingbai.notices.transports import Later, Unsure, idempotency_key
from mingbai.notices.worker import Worker
from tests.notices.test_actions import OTHER, queue

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 11, 24, 12, 0))
NIGHT = timezone.make_aware(datetime(2026, 11, 24, 23, 30))
TIMES = st.times(max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))


def claimed(now=NOON, most=50, by=OTHER):
    """The events of what leaves now; it is sent."""
    taken = actions.claim(by=by, now=now, most=most)
    for notice in taken:
        actions.mark_sent(notice=notice, by=by, now=now)
    return [notice.event for notice in taken]


def due(number, transport="console", **more):
    for at in range(number):
        queue(event=f"e:{at}:{more.get('template', '')}", transport=transport, **more)
    Notice.objects.update(due_at=NOON - timedelta(days=1))


@given(TIMES, TIMES, TIMES)
def test_quiet_hours_are_what_the_clock_passes_between_the_two(begin, end, at):
    """Against a slow reference that walks the minutes."""
    minutes, walked = set(), begin.hour * 60 + begin.minute
    while walked != end.hour * 60 + end.minute:
        minutes.add(walked)
        walked = (walked + 1) % 1440
    assert is_quiet(Terms(None, begin, end), at) == (at.hour * 60 + at.minute in minutes)


def test_no_quiet_hours_are_never_quiet():
    assert not is_quiet(Terms(), time(3))


@pytest.mark.parametrize(
    ("begun", "counted", "left"),
    [(None, 0, 5), (NOON, 3, 2), (NOON, 9, 0), (NOON - timedelta(minutes=1), 5, 5), (NOON + LEASE, 5, 5)],
)
def test_what_is_left_of_a_minute(begun, counted, left):
    assert allowance(Terms(5), begun, counted, NOON) == left


def test_a_limited_transport_waits_for_the_next_minute_and_holds_up_no_other(settings):
    settings.NOTICE_TRANSPORTS = {"console": "x", "wecom": "y"}
    actions.set_way(by=SYSTEM, transport="wecom", terms=Terms(per_minute=3))
    due(5, "wecom")
    due(2)
    first = claimed()
    assert Counter(event.split(":")[0] for event in first) == {"e": 5}, "three of wecom, two of console"
    assert claimed(NOON + timedelta(seconds=30)) == []
    assert len(claimed(NOON + timedelta(seconds=61))) == 2
    assert Way.objects.get(transport="wecom").counted == 2


def test_two_workers_at_once_share_one_minute(settings):
    settings.NOTICE_TRANSPORTS = {"wecom": "y"}
    actions.set_way(by=SYSTEM, transport="wecom", terms=Terms(per_minute=4))
    due(9, "wecom")
    stale = ways()  # both looked before either claimed
    taken = [
        actions.claim(by=Actor("system", name, name), now=NOON, most=3, open_ways=stale)
        for name in ("one", "two", "three")
    ]
    assert [len(each) for each in taken] == [3, 1, 0]


def test_at_night_only_what_is_urgent_disturbs_anybody():
    due(1, "sms")
    due(1, "sms", template="case_risk")
    Notice.objects.update(due_at=NIGHT - timedelta(hours=1))
    assert claimed(NIGHT) == ["e:0:case_risk"]
    assert claimed(NIGHT + timedelta(hours=9)) == ["e:0:"]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (Terms(per_minute=0), "bad_rate"),
        (Terms(per_minute=10**9), "bad_rate"),
        (Terms(None, time(21), None), "bad_time"),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms, code):
    with pytest.raises(Refused) as refused:
        actions.set_way(by=SYSTEM, transport="console", terms=terms)
    assert refused.value.code == code
    with pytest.raises(Refused, match="渠道"):
        actions.set_way(by=SYSTEM, transport="pigeon", terms=Terms())


def test_the_digest_tells_once_what_need_not_disturb():
    fields = {"title": "问答", "since": "11月1日"}
    for at in range(3):
        queue(event=f"k:{at}", template="knowledge_due", address="a@example.com", context=fields)
    queue(event="k:9", to="resident:2", template="knowledge_due", context=fields)
    assert claimed(timezone.now()) == [], "they wait for it"
    assert actions.gather(by=SYSTEM, now=timezone.now()) == 2
    assert actions.gather(by=SYSTEM, now=timezone.now()) == 0, "again: nothing"
    digest = Notice.objects.get(template="digest", to="resident:1")
    assert digest.gathered.count() == 3 and digest.address == "a@example.com"
    assert Notice.objects.filter(state=NoticeState.GATHERED).count() == 4


def test_the_digest_reads_like_a_list(capsys):
    for at in range(2):
        queue(event=f"k:{at}", template="knowledge_due", context={"title": f"第{at}条", "since": "1"})
    actions.gather(by=SYSTEM, now=timezone.now())
    Worker().send()
    out = capsys.readouterr().out
    assert "1. 知识库内容到期复核" in out and "“第1条”" in out and "2." in out


# ── transports that ask for patience, or break off ──


def failing(error):
    def transport(notice):
        raise error

    return transport


def test_over_the_rate_is_patience_and_no_try(monkeypatch):
    monkeypatch.setattr("mingbai.notices.worker.transport_of", lambda n: failing(Later(60, "45009")))
    queue()
    Worker().send()
    notice = Notice.objects.get()
    assert (notice.state, notice.tries, notice.claimed_by) == (NoticeState.QUEUED, 0, "")
    assert notice.due_at > timezone.now() + timedelta(seconds=50)


def test_a_gateway_that_breaks_off_leaves_a_mark(monkeypatch):
    monkeypatch.setattr("mingbai.notices.worker.transport_of", lambda n: failing(Unsure("read timeout")))
    queue()
    Worker().send()
    assert Notice.objects.get().is_maybe_twice


def test_dead_letters_are_sent_again_by_hand_but_not_to_the_erased():
    queue()
    queue(event="case:2")
    Notice.objects.update(state=NoticeState.FAILED, tries=12)
    actions.forget(by=SYSTEM, to="nobody")
    Notice.objects.filter(event="case:2").update(key=b"")
    assert actions.resend(by=SYSTEM, notices=list(Notice.objects.order_by("id"))) == 1
    assert Notice.objects.get(event="case:1:received").state == NoticeState.QUEUED
    assert history("notice")[-1].verb == "notice.resent"


# ── killed at random ──


class Killed(BaseException):
    """What no handler catches: the process is gone."""


@pytest.mark.parametrize("seed", range(4))
def test_workers_killed_at_random_lose_nothing_and_mark_what_may_be_twice(monkeypatch, seed):
    dice, sendings, effects = random.Random(seed), Counter(), set()
    now, kills = timezone.now(), 0
    mark = actions.mark_sent

    def risky(notice):
        if dice.random() < 0.1:
            raise Killed  # before it left
        sendings[notice.event] += 1
        effects.add(idempotency_key(notice))

    def risky_mark(**words):
        if dice.random() < 0.1:
            raise Killed  # after it left
        return mark(**words)

    monkeypatch.setattr("mingbai.notices.worker.transport_of", lambda notice: risky)
    monkeypatch.setattr("mingbai.notices.worker.actions.mark_sent", risky_mark)
    for at in range(60):
        queue(event=f"e:{at}")
    for _round in range(400):
        if not Notice.objects.filter(state=NoticeState.QUEUED).exists():
            break
        try:
            Worker().send()
        except Killed:
            kills += 1
            Notice.objects.exclude(claimed_by="").update(claimed_until=now)  # its lease runs out
    assert kills > 5
    assert Notice.objects.filter(state=NoticeState.SENT).count() == 60 == len(effects) == len(sendings)
    twice = {event for event, number in sendings.items() if number > 1}
    assert twice and twice <= set(Notice.objects.filter(is_maybe_twice=True).values_list("event", flat=True))
