"""The app's name and label."""

from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "mingbai.subsidies"
    verbose_name = "补贴"
    default_auto_field = "django.db.models.BigAutoField"
