"""The app's name and label."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mingbai.cases"
    verbose_name = "办件"
    default_auto_field = "django.db.models.BigAutoField"
