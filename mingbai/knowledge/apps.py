"""The app's name and label."""

from datetime import datetime

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "mingbai.knowledge"
    verbose_name = "知识"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention

        # Names are taken out before a text is kept; what nobody reviewed goes all the same.
        RETENTION.register(
            "answer", Retention("answer", "unreviewed: 90 days", "PIPL Art. 19", _forget_proposals)
        )
        RETENTION.register(
            "label", Retention("label", "three years, names taken out", "PIPL Art. 19", _forget_labels)
        )


def _forget_labels(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.knowledge.actions import forget_labels

    return forget_labels(by=SYSTEM, now=now)


def _forget_proposals(now: datetime) -> int:
    from mingbai.core.actor import SYSTEM
    from mingbai.knowledge.actions import forget_proposals

    return forget_proposals(by=SYSTEM, now=now)
