"""The app's name and label; the shape of the logs."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    verbose_name = "页面与接口"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention
        from mingbai.web.logs import configure

        configure()
        RETENTION.register("session", Retention("session", "a day after its end", "PIPL Art. 19", _sweep))


def _sweep(now: datetime) -> int:
    """Ended sessions. Not at once: until then we know whose text it was that came too late."""
    from django.contrib.sessions.models import Session

    swept: int = Session.objects.filter(expire_date__lt=now - timedelta(days=1)).delete()[0]
    return swept
