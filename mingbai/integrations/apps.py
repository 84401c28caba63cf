"""The app's name and label; the ledger files are registered at start-up."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from mingbai.cases.models import Case
    from mingbai.core.actor import Actor


class IntegrationsConfig(AppConfig):
    name = "mingbai.integrations"
    verbose_name = "对接"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datetime import timedelta

        from mingbai.cases.kinds import ERASERS
        from mingbai.core.retention import RETENTION, Retention
        from mingbai.integrations.weekly import tell_groups
        from mingbai.notices.jobs import register_job

        ERASERS.register("integrations", _erase)
        RETENTION.register(
            "wechat", Retention("wechat", "365 days after it came", "PIPL Art. 19", _forget_wechat)
        )
        register_job("wechat.media", every=timedelta(minutes=2), run=_fetch_media)
        RETENTION.register(
            "delivery", Retention("delivery", "90 days after it was made", "PIPL Art. 19", _forget_deliveries)
        )
        RETENTION.register(
            "record_set", Retention("record_set", "180 days after it was made", "PIPL Art. 19", _forget_sets)
        )
        register_job("partners.deliver", every=timedelta(seconds=5), run=_deliver)
        register_job("records.exchange", every=timedelta(minutes=10), run=_exchange)
        register_job("groups.weekly", every=timedelta(minutes=20), run=tell_groups)
        # Importing a ledger's module registers it.
        from mingbai.integrations.ledgers import (  # noqa: F401
            calls,
            materials,
            net_orders,
            people,
            province_hotlines,
            reception_opinions,
            service_day_records,
            service_days,
            stations,
            window_visits,
        )


def _erase(*, case: "Case", by: "Actor") -> None:
    """What the edges keep of a matter goes with it."""
    from mingbai.integrations.partners.deliver import forget_about
    from mingbai.integrations.records import actions as records
    from mingbai.integrations.wechat.actions import forget_letters
    from mingbai.notices.actions.groups import forget_questions

    forget_letters(by=by, case=case)
    forget_about(case.chain)
    records.forget_about(by=by, chain=case.chain)
    forget_questions(by=by, about=case.chain)


def _forget_wechat(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.integrations.wechat.actions import forget_old

    return forget_old(by=SYSTEM, now=now)


def _fetch_media(now: datetime) -> int:
    from mingbai.integrations.partners.news import tell_followers
    from mingbai.integrations.wechat.media import fetch

    return fetch(now) + tell_followers(now)


def _deliver(now: datetime) -> int:
    """Read the journal on, then send; cheap where there is no endpoint."""
    from mingbai.integrations.partners.deliver import deliver_all
    from mingbai.integrations.partners.news import read_on

    try:
        read_on(now)
    finally:  # what waits is sent, whatever the reading met
        sent = deliver_all(now)
    return sent


def _forget_deliveries(now: datetime) -> int:
    from mingbai.integrations.partners.deliver import forget_old

    return forget_old(now)


def _forget_sets(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.integrations.records.actions import forget_old

    return forget_old(by=SYSTEM, now=now)


def _exchange(now: datetime) -> int:
    """Sets go out and come in for every endpoint that exchanges so."""
    from mingbai.integrations.records.province import exchange_all

    return exchange_all()
