"""The worker for real: several at once, killed in the middle, asked to stop."""

import re
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import KeyCheck, Seal
from mingbai.notices import actions, jobs, worker
from mingbai.notices.enums import NoticeState
from mingbai.notices.jobs import PeriodicJob
from mingbai.notices.models import Job, Notice
from tests import process
from tests.process import wait_until

GATEWAY = {"NOTICE_TRANSPORTS": {"console": "tests.notices.gateways.noting"}}
WORK = "from django.core.management import call_command; call_command('work')"


def queue(count):
    with transaction.atomic():
        for number in range(count):
            actions.notify(
                by=SYSTEM, event=f"case:{number}", to="resident:1", transport="console",
                template="case_received", address="1", context={"kind": "", "number": "", "hotline": ""},
            )  # fmt: skip


def sent():
    return Notice.objects.filter(state=NoticeState.SENT).count()


def hears_sigterm(pid):
    """True once the process has a handler of its own for SIGTERM (Linux says so in /proc)."""
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


@pytest.fixture
def start(tmp_path):
    """Starts processes and ends them with the test, however it ends."""
    running = []

    def begin(code, **changes):
        running.append(process.start(code, tmp_path / "log", **changes))
        return running[-1]

    yield begin
    for one in running:
        one.kill()
        one.wait()


@pytest.fixture
def noted(tmp_path, monkeypatch):
    file = tmp_path / "noted"
    file.touch()
    monkeypatch.setenv("NOTED", str(file))
    return file


@pytest.fixture
def one_job(monkeypatch):
    """A registry with one job that the test may watch."""
    ran = []

    def register(every=timedelta(minutes=1), run=ran.append):
        registry = jobs.Registry("test")
        registry.register("test.job", PeriodicJob("test.job", every, run))
        monkeypatch.setattr(worker, "JOBS", registry)
        return ran

    return register


@pytest.mark.django_db
def test_a_job_runs_at_once_and_then_by_its_period(one_job):
    ran, hand = one_job(), worker.Worker()
    assert hand.run_jobs() == 1
    assert hand.run_jobs() == 0
    Job.objects.update(next_at=timezone.now() - timedelta(minutes=5))
    assert hand.run_jobs() == 1
    assert len(ran) == 2
    row = Job.objects.get()
    assert row.next_at > timezone.now() and row.last_ok_at and not row.claimed_by


@pytest.mark.django_db
def test_a_failing_job_is_noted_and_tried_again_and_stops_nobody(one_job):
    def fail(now):
        raise ValueError("broken")

    one_job(every=timedelta(days=1), run=fail)
    worker.Worker().run_jobs()
    row = Job.objects.get()
    assert row.error == "ValueError: broken"
    assert row.next_at < timezone.now() + timedelta(minutes=2)


@pytest.mark.django_db
def test_a_job_in_hand_is_not_run_by_another(one_job):
    seen = []
    one_job(run=lambda now: seen.append(worker.Worker().run_jobs()))
    worker.Worker().run_jobs()
    assert seen == [0]


@pytest.mark.django_db
def test_the_worker_seals_the_journal():
    queue(1)
    Notice.objects.update(transport="pigeon")
    call_command("work", "--once")
    call_command("work", "--once")
    Job.objects.update(next_at=timezone.now())
    call_command("work", "--once")
    assert Seal.objects.count() == 1


@pytest.mark.django_db
def test_the_worker_does_not_start_on_data_of_another_key():
    KeyCheck.objects.update(fingerprint="other")
    with pytest.raises(CommandError):
        call_command("work", "--once")


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_notices_are_sent_by_the_next(noted, start, monkeypatch):
    queue(3)
    monkeypatch.setenv("SLOW", "60")
    first = start(WORK, **GATEWAY)
    wait_until(lambda: noted.read_text())
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    assert Notice.objects.exclude(claimed_by="").count() == 3
    Notice.objects.update(claimed_until=timezone.now() + timedelta(seconds=1))
    monkeypatch.setenv("SLOW", "0")
    second = start(WORK, **GATEWAY)
    wait_until(lambda: sent() == 3)
    second.terminate()
    assert second.wait(10) == 0
    # At least once: the one in hand when the worker died went out twice, under the same key.
    assert sorted(noted.read_text().split()) == ["case:0", "case:0", "case:1", "case:2"]


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_job_is_run_by_the_next(start):
    endless = "import time; from datetime import timedelta; from mingbai.notices.jobs import register_job;"
    endless += "register_job('test.job', every=timedelta(minutes=1), run=lambda now: time.sleep(60));"
    first = start(endless + WORK)
    wait_until(lambda: Job.objects.filter(name="test.job").exclude(claimed_by=""))
    first.kill()
    first.wait(10)
    Job.objects.update(claimed_until=timezone.now())
    quick = endless.replace("time.sleep(60)", "None")
    second = start(quick + WORK)
    wait_until(lambda: Job.objects.filter(name="test.job", last_ok_at__isnull=False))
    second.terminate()


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_notice_once(noted, start):
    hands = [start(WORK, **GATEWAY) for _ in range(3)]
    # A quick one would send everything before the last has come so far as to know what SIGTERM asks.
    wait_until(lambda: all(hears_sigterm(hand.pid) for hand in hands))
    queue(40)
    wait_until(lambda: sent() == 40, seconds=30)
    for hand in hands:
        hand.terminate()
    assert [hand.wait(10) for hand in hands] == [0, 0, 0]
    assert sorted(noted.read_text().split()) == sorted(f"case:{number}" for number in range(40))


@pytest.mark.django_db(transaction=True)
def test_sigterm_ends_after_the_notice_in_hand_and_gives_the_others_back(noted, start, monkeypatch):
    queue(5)
    monkeypatch.setenv("SLOW", "1")
    hand = start(WORK, **GATEWAY)
    wait_until(lambda: noted.read_text())
    begun = time.monotonic()
    hand.terminate()
    assert hand.wait(10) == 0
    assert time.monotonic() - begun < 5
    assert sent() == 1
    assert Notice.objects.filter(claimed_by="", tries=0).count() == 4
