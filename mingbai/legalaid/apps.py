"""The app's name and label."""

from django.apps import AppConfig


class LegalaidConfig(AppConfig):
    name = "mingbai.legalaid"
    verbose_name = "法律援助"
    default_auto_field = "django.db.models.BigAutoField"
