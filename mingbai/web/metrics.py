"""Figures for Prometheus: requests counted here, matters and clocks asked of the database when scraped."""

import os
import shutil
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric

from mingbai.cases.models import Clock
from mingbai.journal.models import Chain, Entry
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice
from mingbai.upkeep.doctor import examine
from mingbai.upkeep.doctor.finding import Finding
from mingbai.upkeep.queries import newest_backup

log = structlog.get_logger(__name__)
CONTENT_TYPE = CONTENT_TYPE_LATEST

_requests = Counter("mingbai_requests", "Requests by view and status", ["view", "status"])
_slow = Counter("mingbai_slow_queries", "Statements of the database that took over a second")
_SLOW = 1.0
_DOCTOR_EVERY = 60.0
"""Seconds that the doctor's findings are kept: a scrape must not cost more than a page."""


def note_slow(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Around every statement of a request; the log gets the text without its values."""
    begun = time.monotonic()
    try:
        return execute(sql, params, many, context)
    finally:
        if (took := time.monotonic() - begun) > _SLOW:
            _slow.inc()
            log.warning("db.slow", seconds=round(took, 2), sql=sql[:500])


def count(request: HttpRequest, response: HttpResponseBase) -> None:
    """Views have few names; addresses would have endless ones."""
    match = getattr(request, "resolver_match", None)
    view = (match.view_name or "unnamed") if match else "none"
    _requests.labels(view=view, status=str(response.status_code)).inc()


def page() -> bytes:
    """With PROMETHEUS_MULTIPROC_DIR (set by `serve`) the counts of all server processes are added up."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)
        counted = generate_latest(registry)
    else:
        counted = generate_latest(REGISTRY)
    house = CollectorRegistry()
    house.register(_House())
    return counted + generate_latest(house)


class _House:
    """What the database knows now; every figure is an indexed count."""

    def collect(self) -> Iterable[Metric]:
        now = timezone.now()
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        opened = Entry.objects.filter(verb="case.opened", at__gte=midnight).count()
        yield GaugeMetricFamily("mingbai_cases_opened_today", "Matters taken in today", value=opened)
        yield _clocks(now)
        queued = Notice.objects.filter(state=NoticeState.QUEUED).count()
        yield GaugeMetricFamily("mingbai_notices_queued", "Notices not sent yet", value=queued)
        unsealed = Chain.objects.filter(unsealed=True).count()
        yield GaugeMetricFamily("mingbai_chains_unsealed", "Chains moved since the last seal", value=unsealed)
        yield _doctor()
        yield from _ages(now)


def _doctor() -> Metric:
    """0 good, 1 look at it, 2 act now; by check."""
    family = GaugeMetricFamily("mingbai_doctor", "The doctor's finding by check", labels=["check"])
    for check, finding in _findings(int(time.monotonic() // _DOCTOR_EVERY)).items():
        family.add_metric([check], finding.level)
    return family


@lru_cache(maxsize=1)
def _findings(_minute: int) -> dict[str, Finding]:
    return examine(timezone.now())


def _ages(now: datetime) -> Iterable[Metric]:
    usage = shutil.disk_usage(settings.MINGBAI_DATA)
    yield GaugeMetricFamily(
        "mingbai_disk_free_ratio", "Free share of the disk", value=usage.free / usage.total
    )
    last = newest_backup(settings.BACKUP_DIR) if settings.BACKUP_DIR else None
    age = (now - last.made_at).total_seconds() if last else float("nan")
    yield GaugeMetricFamily("mingbai_backup_age_seconds", "Age of the newest whole backup", value=age)


def _clocks(now: datetime) -> Metric:
    by_state = Clock.objects.running().aggregate(
        late=Count("id", filter=Q(due_at__lt=now)),
        soon=Count("id", filter=Q(due_at__gte=now, soon_at__lte=now)),
        on_time=Count("id", filter=Q(due_at__gte=now, soon_at__gt=now)),
    )
    family = GaugeMetricFamily("mingbai_clocks_open", "Open clocks by state", labels=["state"])
    for state, value in by_state.items():
        family.add_metric([state], value)
    return family
