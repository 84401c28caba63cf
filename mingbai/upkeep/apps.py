"""The app's name and label; the backup of the night and the doctor's daily line."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "mingbai.upkeep"
    verbose_name = "运维"

    def ready(self) -> None:
        from mingbai.notices.jobs import register_job

        register_job("upkeep.backup", every=timedelta(hours=1), run=_backup)
        register_job("upkeep.statistics", every=timedelta(hours=6), run=_statistics)
        register_job("upkeep.doctor", every=timedelta(minutes=30), run=_doctor)


def _backup(now: datetime) -> object:
    from mingbai.core.actor import SYSTEM
    from mingbai.upkeep.actions import scheduled_backup

    return scheduled_backup(by=SYSTEM, now=now)


def _statistics(now: datetime) -> None:
    from mingbai.upkeep.databases import database

    database().learn()


def _doctor(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.upkeep.actions import tell_health

    return tell_health(by=SYSTEM, now=now)
