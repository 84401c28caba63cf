"""The app's name and label; what it hangs into the layers below when the house starts."""

from datetime import date, datetime, timedelta
from typing import Any

from django.apps import AppConfig

from mingbai.core.actor import SYSTEM, Actor


class CasesConfig(AppConfig):
    name = "mingbai.cases"
    verbose_name = "办件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.holdings import HOLDS
        from mingbai.core.retention import RETENTION, Retention
        from mingbai.notices.jobs import register_job
        from mingbai.places.actions import CALENDAR_CHANGED, TREE_CHANGED

        CALENDAR_CHANGED.register("cases.recompute_open", _calendar_changed)
        TREE_CHANGED.register("cases.rehome", _tree_changed)
        RETENTION.register(
            "case", Retention("case", "CASES_KEPT_YEARS after closing", "档案法", command="retire_cases")
        )
        HOLDS.register("cases.holds", _on_hold)
        register_job("cases.tick", every=timedelta(minutes=1), run=_tick)
        register_job("cases.unattended", every=timedelta(hours=1), run=_unattended)
        register_job("cases.forget_tries", every=timedelta(hours=6), run=_forget_tries)
        register_job("cases.sweep_files", every=timedelta(days=1), run=_sweep_files)


def _on_hold() -> Any:
    from mingbai.cases.queries.retention import on_hold

    return on_hold()


def _calendar_changed(year: int, changed: frozenset[date], by: Actor) -> None:
    from mingbai.cases.actions.clocks import recompute_open

    recompute_open(by=by)


def _tree_changed(region: str, by: Actor) -> None:
    from mingbai.cases.actions.rehome import rehome

    rehome(by=by, region=region)


def _tick(now: datetime) -> int:
    from mingbai.cases.actions.clocks import tick

    return tick(now=now)


def _unattended(now: datetime) -> int:
    from mingbai.cases.actions.leave import raise_unattended

    return raise_unattended(now=now)


def _forget_tries(now: datetime) -> int:
    from mingbai.cases.actions.follow import forget_tries

    return forget_tries(by=SYSTEM, now=now)


def _sweep_files(now: datetime) -> int:
    from mingbai.cases.actions.files import sweep_files

    return sweep_files(by=SYSTEM, now=now)
