"""The app's name and label; the ledger files are registered at start-up."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "mingbai.integrations"
    verbose_name = "对接"
