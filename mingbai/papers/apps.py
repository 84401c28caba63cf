"""The app's name and label."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "mingbai.papers"
    verbose_name = "文书"
    default_auto_field = "django.db.models.BigAutoField"
