"""The app's name and label; how long it keeps who called."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

from mingbai.core.actor import SYSTEM, Actor

if TYPE_CHECKING:
    from mingbai.cases.models import Case


class HotlineConfig(AppConfig):
    name = "mingbai.hotline"
    verbose_name = "12348 热线"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        from mingbai.cases.kinds import ERASERS
        from mingbai.core.retention import RETENTION, Retention

        ERASERS.register("hotline", _erase)
        RETENTION.register(
            "hotline_call", Retention("hotline_call", "180 days after the call", "PIPL Art. 19", _forget)
        )
        days = settings.HOTLINE_RECORDINGS_KEPT_DAYS
        RETENTION.register(
            "hotline_recording",
            Retention(
                "hotline_recording", f"{days} days after the call", "档案法 Art. 8", _forget_recordings
            ),
        )
        RETENTION.register(
            "hotline_inspection",
            Retention("hotline_inspection", "2 years after it was scored", "PIPL Art. 19", _forget_words),
        )


def _forget_words(now: datetime) -> int:
    from mingbai.hotline.actions.quality import forget_inspections

    return forget_inspections(by=SYSTEM, now=now)


def _erase(*, case: "Case", by: Actor) -> None:
    from mingbai.hotline.actions.recordings import erase_calls

    erase_calls(case=case, by=by)


def _forget_recordings(now: datetime) -> int:
    from mingbai.hotline.actions.recordings import forget_recordings

    return forget_recordings(by=SYSTEM, now=now)


def _forget(now: datetime) -> int:
    from mingbai.hotline.actions import forget_callers

    return forget_callers(by=SYSTEM, now=now)
