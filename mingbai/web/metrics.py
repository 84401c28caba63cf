"""Figures for Prometheus: requests counted here, matters and clocks asked of the database when scraped."""

import os
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest, multiprocess
from prometheus_client.core import REGISTRY, GaugeMetricFamily, Metric

from mingbai.cases.models import Clock
from mingbai.journal.models import Chain, Entry
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice

CONTENT_TYPE = CONTENT_TYPE_LATEST

_requests = Counter("mingbai_requests", "Requests by view and status", ["view", "status"])


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


def _clocks(now: datetime) -> Metric:
    by_state = Clock.objects.filter(done_at__isnull=True).aggregate(
        late=Count("id", filter=Q(due_at__lt=now)),
        soon=Count("id", filter=Q(due_at__gte=now, soon_at__lte=now)),
        on_time=Count("id", filter=Q(due_at__gte=now, soon_at__gt=now)),
    )
    family = GaugeMetricFamily("mingbai_clocks_open", "Open clocks by state", labels=["state"])
    for state, value in by_state.items():
        family.add_metric([state], value)
    return family
