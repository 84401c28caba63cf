"""The app's name and label; what it hangs into the layers below when the house starts."""

from datetime import datetime, timedelta

from django.apps import AppConfig

from mingbai.core.actor import SYSTEM


class OversightConfig(AppConfig):
    name = "mingbai.oversight"
    verbose_name = "监督"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.notices.jobs import register_job
        from mingbai.oversight import indicators  # noqa: F401  importing registers them

        register_job("oversight.supervise", every=timedelta(minutes=30), run=_supervise)


def _supervise(now: datetime) -> int:
    from mingbai.oversight.actions.supervision import supervise

    return supervise(by=SYSTEM, now=now)
