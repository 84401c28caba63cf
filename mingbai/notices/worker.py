"""The worker: sends what the outbox holds and runs the periodic jobs; any number of them may run at once."""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.notices import actions
from mingbai.notices.enums import NoticeState
from mingbai.notices.jobs import JOBS, PeriodicJob
from mingbai.notices.models import Job, Notice
from mingbai.notices.queries import ways
from mingbai.notices.rules import LEASE, MOST_TRIES, is_due, is_free, next_run
from mingbai.notices.transports import Later, Undeliverable, Unsure, transport_of

log = structlog.get_logger(__name__)
POLL = 1.0
LONGEST_WORK = 1800.0
"""Seconds after which a job that does not end is no longer believed in, and another worker may take it."""
LIFE_SIGN = LEASE.total_seconds() / 4


class Worker:
    """One process of `manage.py work`; `stopping` is set by SIGTERM."""

    def __init__(self) -> None:
        name = f"{socket.gethostname()[:20]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.actor = Actor("system", name, "后台进程")
        self.stopping = threading.Event()
        self.busy_since: float | None = None

    def run(self) -> None:
        """Work until asked to stop. A database that is away is waited for, longer each time up to 30 s."""
        pulse = threading.Thread(target=self._pulse, name="life-signs", daemon=True)
        pulse.start()
        wait = POLL
        while not self.stopping.is_set():
            try:
                did = self.round()
                wait = 0.0 if did else POLL
            except DatabaseError as error:
                log.error("worker.database", error=str(error))
                connection.close()
                wait = min(max(wait, POLL) * 2, 30.0)
            close_old_connections()
            self.stopping.wait(wait)
        actions.release(by=self.actor)

    def round(self) -> int:
        """Everything that is due now; return how many things were done."""
        return self.run_jobs() + self.send()

    # ── notices ──

    def send(self) -> int:
        now = timezone.now()
        # Look before claiming: an idle worker must not take SQLite's write lock each second.
        due = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=now)
        if not due.exists():
            return 0
        open_ways = ways()
        if not due.exclude(open_ways.held_back(now)).exists():
            return 0
        with self._working():
            notices = actions.claim(by=self.actor, now=now, open_ways=open_ways)
            for notice in notices:
                if self.stopping.is_set():
                    break
                self._deliver(notice)
        return len(notices)

    def _deliver(self, notice: Notice) -> None:
        try:
            if notice.tries > MOST_TRIES:  # no failure was noted: the worker died of it each time
                raise Undeliverable("given up after too many tries without an end")
            transport_of(notice)(notice)
        except (Undeliverable, TemplateDoesNotExist) as error:
            self._failed(notice, error, is_permanent=True)
        except Later as later:
            until = timezone.now() + timedelta(seconds=later.seconds)
            actions.put_off(notice=notice, by=self.actor, until=until, error=str(later))
        except DatabaseError:
            raise
        except Exception as error:  # whatever a gateway's client raises, the notice is tried again
            self._failed(notice, error)
        else:
            actions.mark_sent(notice=notice, by=self.actor, now=timezone.now())

    def _failed(self, notice: Notice, error: Exception, *, is_permanent: bool = False) -> None:
        log.warning("notice.failed", notice=notice.pk, tries=notice.tries, error=type(error).__name__)
        text = f"{type(error).__name__}: {error}"
        actions.mark_failed(
            notice=notice,
            by=self.actor,
            now=timezone.now(),
            error=text,
            is_permanent=is_permanent,
            is_unsure=isinstance(error, Unsure),
        )

    # ── periodic jobs ──

    def run_jobs(self) -> int:
        rows = {row.name: row for row in Job.objects.filter(name__in=JOBS.codes())}
        now, done = timezone.now(), 0
        for job in JOBS:
            row = rows.get(job.name) or self._first(job, now)
            if self.stopping.is_set():
                break
            if is_due(row.next_at, job.every, now) and is_free(row.claimed_until, now):
                done += self._run_job(job)
        return done

    def _first(self, job: PeriodicJob, now: datetime) -> Job:
        return Job.objects.get_or_create(name=job.name, defaults={"next_at": now})[0]

    def _run_job(self, job: PeriodicJob) -> int:
        with self._working():
            planned = self._claim_job(job)
            if planned is None:
                return 0
            try:
                job.run(timezone.now())
            except Exception as error:  # one job's failure must not stop the others
                log.exception("job.failed", job=job.name)
                self._settle_job(job, planned, error=f"{type(error).__name__}: {error}")
            else:
                self._settle_job(job, planned)
        return 1

    @transaction.atomic
    def _claim_job(self, job: PeriodicJob) -> datetime | None:
        """The time it was planned for, or None when another worker was first."""
        now = timezone.now()
        row = Job.objects.select_for_update(of=("self",), skip_locked=True).filter(name=job.name).first()
        if row is None or not (is_due(row.next_at, job.every, now) and is_free(row.claimed_until, now)):
            return None
        planned = row.next_at
        row.claimed_by, row.claimed_until = self.actor.id, now + LEASE
        row.save(update_fields=["claimed_by", "claimed_until"])
        return planned

    def _settle_job(self, job: PeriodicJob, planned: datetime, error: str = "") -> None:
        now = timezone.now()
        change: dict[str, object] = {"next_at": next_run(planned, job.every, now)}
        if error:
            # A job that failed is tried again within a minute, also one that runs once a day.
            change["next_at"] = min(now + job.every, now + timedelta(minutes=1))
        else:
            change["last_ok_at"] = now
        mine = Job.objects.filter(name=job.name, claimed_by=self.actor.id)
        mine.update(claimed_by="", claimed_until=None, error=error[:300], **change)

    # ── signs of life ──

    @contextmanager
    def _working(self) -> Iterator[None]:
        self.busy_since = time.monotonic()
        try:
            yield
        finally:
            self.busy_since = None

    def _pulse(self) -> None:
        """While something is held, prolong its lease: a slow job keeps it, a dead worker loses it."""
        while not self.stopping.wait(LIFE_SIGN):
            since = self.busy_since
            if since is None or time.monotonic() - since > LONGEST_WORK:
                continue
            try:
                now = timezone.now()
                actions.hold(by=self.actor, now=now)
                Job.objects.filter(claimed_by=self.actor.id).update(claimed_until=now + LEASE)
            except DatabaseError as error:
                log.warning("worker.pulse", error=str(error))
            finally:
                connection.close()
