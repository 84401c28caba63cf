"""The app's name and label; the ledger files are registered at start-up."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "mingbai.integrations"
    verbose_name = "对接"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datetime import timedelta

        from mingbai.integrations.weekly import tell_groups
        from mingbai.notices.jobs import register_job

        register_job("groups.weekly", every=timedelta(minutes=20), run=tell_groups)
        # Importing a ledger's module registers it.
        from mingbai.integrations.ledgers import (  # noqa: F401
            calls,
            materials,
            net_orders,
            people,
            province_hotlines,
            reception_opinions,
            service_day_records,
            service_days,
            stations,
            window_visits,
        )
