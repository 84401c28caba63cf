"""The app's name and label; how long what it keeps of people is kept."""

from datetime import datetime

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mingbai.people"
    verbose_name = "人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention

        RETENTION.register("kept_form", Retention("kept_form", "12 hours", "PIPL Art. 19", _forget_forms))
        # The history of a matter says who worked on it, as long as it is kept itself.
        RETENTION.register(
            "staff",
            Retention("staff", "as long as the archive", "档案法", command="register of people"),
        )


def _forget_forms(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.people.actions import forget_old_forms

    return forget_old_forms(by=SYSTEM, now=now)
