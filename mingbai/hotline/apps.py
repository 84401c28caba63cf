"""The app's name and label; how long it keeps who called."""

from datetime import datetime

from django.apps import AppConfig

from mingbai.core.actor import SYSTEM


class HotlineConfig(AppConfig):
    name = "mingbai.hotline"
    verbose_name = "12348 热线"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention

        RETENTION.register(
            "hotline_call", Retention("hotline_call", "180 days after the call", "PIPL Art. 19", _forget)
        )


def _forget(now: datetime) -> int:
    from mingbai.hotline.actions import forget_callers

    return forget_callers(by=SYSTEM, now=now)
