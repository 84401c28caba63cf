"""The app's name and label; the periodic work of this layer and of the ones below."""

from datetime import timedelta

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "mingbai.notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.actor import SYSTEM
        from mingbai.journal.actions import seal_all
        from mingbai.notices.actions import forget_old
        from mingbai.notices.jobs import register_job
        from mingbai.places.actions import apply_changes, seed_calendar

        # A little less than the minute that is promised, so that a slow round still keeps it.
        register_job(
            "journal.seal", every=timedelta(seconds=50), run=lambda now: seal_all(by=SYSTEM, now=now)
        )
        register_job(
            "notices.forget", every=timedelta(hours=6), run=lambda now: forget_old(by=SYSTEM, now=now)
        )
        # A merge entered before its day takes hold on it; the calendar always reaches some years ahead.
        register_job(
            "places.apply_changes", every=timedelta(hours=1), run=lambda now: apply_changes(by=SYSTEM)
        )
        register_job(
            "places.seed_calendar", every=timedelta(days=1), run=lambda now: seed_calendar(by=SYSTEM)
        )
