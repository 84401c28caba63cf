"""The app's name and label."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    verbose_name = "页面与接口"
