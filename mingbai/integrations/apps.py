"""The app's name and label; the ledger files are registered at start-up."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "mingbai.integrations"
    verbose_name = "对接"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
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
