"""Two at the same moment, and a machine that dies: nothing given is lost, nothing is there twice or half."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection

from mingbai.cases.actions import handover, work
from mingbai.cases.actions.clocks import tick
from mingbai.cases.actions.follow import follow
from mingbai.cases.models import Case, Clock, FollowTry, Submission
from mingbai.core.actor import RESIDENT
from mingbai.core.refused import Refused
from mingbai.journal.models import Chain, Entry
from mingbai.journal.queries import verify
from tests import process
from tests.cases.factories import SOUTH, City, make_answered, make_case, make_city, make_opened, make_taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


def together(*calls: Callable[[], object]) -> list[object]:
    """Run the calls at once, each on a connection of its own; refused ones give their code."""
    barrier, results = Barrier(len(calls)), [None] * len(calls)

    def run(n: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[n] = call()
        except Refused as refused:
            results[n] = refused.code
        except Exception as error:  # shown by the assertion
            results[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_submission_at_once_is_one_matter(city: City):
    sent = {"idempotency_key": "k", "body_hash": "b", "source": "web:1"}
    results = together(*[lambda: make_opened(**sent)] * 6)
    assert {opened.case.number for opened in results} == {Case.objects.get().number}, results
    assert sorted(opened.is_new for opened in results) == [False] * 5 + [True]
    assert Submission.objects.count() == 1 == Entry.objects.filter(verb="case.opened").count()


def test_two_clerks_closing_at_once_one_is_told(city: City):
    case = make_answered(city)
    work.tell(case=case, by=city.alice.actor, how="phone")
    actors = [city.alice.actor, city.bob.actor]
    results = together(*[lambda by=by: work.close(case=case, by=by) for by in actors])
    assert sorted(map(str, results)) == sorted([str(case), "wrong_state"])
    assert Entry.objects.filter(chain=case.chain, verb="case.closed").count() == 1


def test_two_taking_up_at_once_make_one_owner(city: City):
    case = make_case()
    pairs = [(city.alice.actor, city.owner), (city.bob.actor, city.bob.worker)]
    results = together(*[lambda by=by, w=w: work.take_up(case=case, by=by, worker=w) for by, w in pairs])
    assert sorted(map(str, results)) == sorted([str(case), "has_owner"])


def test_an_offer_accepted_and_declined_at_once_is_answered_once(city: City):
    offer = handover.offer(case=make_taken(city), by=city.alice.actor, to=city.stations[SOUTH], reason="x")
    by = city.charlie.actor
    results = together(
        lambda: handover.accept_handover(handover=offer, by=by),
        lambda: handover.decline_handover(handover=offer, by=by, reason="不归我们"),
        lambda: handover.take_back(handover=offer, by=city.alice.actor),
    )
    assert results.count("handover_answered") == 2, results


def test_wrong_tries_at_once_are_all_counted(city: City):
    number = make_case().number
    results = together(*[lambda: follow(by=RESIDENT, number=number, secret="0000")] * 8)
    assert sorted(map(str, results)) == ["locked"] * 3 + ["not_found"] * 5
    assert FollowTry.objects.get(number=number).tries == 5


def test_two_tickers_at_once_mark_each_clock_once(city: City):
    from datetime import timedelta

    from django.utils import timezone

    make_case(), make_case()
    late = timezone.now() + timedelta(days=60)
    results = together(*[lambda: tick(now=late)] * 3)
    assert sum(results) == Clock.objects.count() == Entry.objects.filter(verb="case.clock_late").count(), (
        results
    )


INTAKES = """
import os, sys
from mingbai.cases.actions.intake import open_case
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import RESIDENT
n = 0
while True:
    n += 1
    done = open_case(by=RESIDENT, intake=Intake(
        kind="consultation", channel="web", text="工资 %d" % n, region="210402001001",
        speaker=Person("赵福山", "13812345678"), idempotency_key="%s-%d" % (os.getpid(), n), body_hash="b"))
    # The number is given: on the page, or here on a line that leaves the process at once.
    os.write(1, (done.case.number + "\\n").encode())
"""


def test_kill_9_during_intake_loses_no_number_that_was_given(city: City, tmp_path: Path):
    if connection.vendor == "sqlite":
        connection.close()
    log = tmp_path / "numbers"
    log.touch()
    for enough in (4, 9, 15, 20):
        child = process.start(INTAKES, log)
        process.wait_until(lambda so_many=enough: len(log.read_text().split()) >= so_many, 60)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    given = log.read_text().split()
    assert len(given) == len(set(given)) >= 20, log.read_text()[-2000:]
    kept = set(Case.objects.values_list("number", flat=True))
    assert set(given) <= kept and len(kept) <= len(given) + 4
    opened = set(Entry.objects.filter(verb="case.opened").values_list("chain", flat=True))
    assert opened == {f"case:{number}" for number in kept}
    assert set(Chain.objects.filter(name__startswith="case:").values_list("name", flat=True)) == opened
    assert Submission.objects.count() == len(kept)
    assert not Case.objects.filter(clocks=None).exists()
    assert verify().is_whole


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL cannot be told that its disk is full")
def test_a_database_that_is_really_full_gives_no_number_and_goes_on_afterwards(city: City):
    kept = make_case()
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        with pytest.raises(Refused) as refused:
            for _n in range(50):
                make_case(text="工资" * 9_000)
        assert refused.value.code == "disk_full"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    numbers = set(Case.objects.values_list("number", flat=True))
    assert kept.number in numbers and verify().is_whole
    chains = Entry.objects.filter(verb="case.opened").values_list("chain", flat=True)
    assert set(chains) == {f"case:{number}" for number in numbers}
    assert make_case().number
