"""The app's name and label."""

from django.apps import AppConfig


class ServicedaysConfig(AppConfig):
    name = "mingbai.servicedays"
    verbose_name = "公共法律服务日"
    default_auto_field = "django.db.models.BigAutoField"
