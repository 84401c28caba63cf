"""The app's name and label."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "mingbai.notices"
    verbose_name = "通知"
    default_auto_field = "django.db.models.BigAutoField"
