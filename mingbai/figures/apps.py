"""The app's name and label; the indicators are registered at start-up."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "mingbai.figures"
    verbose_name = "数据"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.figures.papers import letter_kind
        from mingbai.notices.jobs import register_job
        from mingbai.papers.kinds import register_paper

        register_paper(letter_kind())
        register_job("figures.week", every=timedelta(minutes=20), run=_send_week)
        # Importing a module of indicators registers them, in the order of the letter.
        from mingbai.figures.indicators import stations, door, line, net, days, matters, aid, mediation  # noqa: F401, I001
        from mingbai.figures.indicators import coverage, pay  # noqa: F401


def _send_week(now: datetime) -> int:
    from mingbai.figures.weekly import send_week

    return send_week(now)
