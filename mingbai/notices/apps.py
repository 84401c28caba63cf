"""The app's name and label; the periodic work of this layer and of the ones below."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "mingbai.notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.actor import SYSTEM
        from mingbai.core.retention import RETENTION, Retention, forget_all
        from mingbai.journal.actions import seal_all
        from mingbai.notices.jobs import register_job
        from mingbai.places.actions import apply_changes, seed_calendar

        # A little less than the minute that is promised, so that a slow round still keeps it.
        register_job(
            "journal.seal", every=timedelta(seconds=50), run=lambda now: seal_all(by=SYSTEM, now=now)
        )
        register_job("notices.gather", every=timedelta(minutes=10), run=_gather)
        register_job("retention.forget", every=timedelta(hours=6), run=forget_all)
        RETENTION.register(
            "notice",
            Retention("notice", "90 days after it was made", "PIPL Art. 19", _forget_notices),
        )
        RETENTION.register(
            "guidance", Retention("guidance", "365 days after it was asked", "PIPL Art. 19", _forget_guidance)
        )
        # A merge entered before its day takes hold on it; the calendar always reaches some years ahead.
        register_job(
            "places.apply_changes", every=timedelta(hours=1), run=lambda now: apply_changes(by=SYSTEM)
        )
        register_job(
            "places.seed_calendar", every=timedelta(days=1), run=lambda now: seed_calendar(by=SYSTEM)
        )


def _gather(now: datetime) -> int:
    """In the first hour of the working day; what comes later waits for tomorrow's."""
    from django.utils.timezone import localtime

    from mingbai.core.actor import SYSTEM
    from mingbai.notices.actions import gather

    return gather(by=SYSTEM, now=now) if localtime(now).hour == 8 else 0


def _forget_notices(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.notices.actions import forget_old

    return forget_old(by=SYSTEM, now=now)


def _forget_guidance(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.notices.actions.groups import forget_guidance

    return forget_guidance(by=SYSTEM, now=now)
