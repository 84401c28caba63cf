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
        register_job("oversight.pay_advisers", every=timedelta(hours=12), run=_pay_advisers)


def _supervise(now: datetime) -> int:
    from mingbai.oversight.actions.supervision import supervise

    return supervise(by=SYSTEM, now=now)


def _pay_advisers(now: datetime) -> int:
    from mingbai.oversight.actions.adviser_pay import pay_advisers

    return pay_advisers(by=SYSTEM, now=now)
