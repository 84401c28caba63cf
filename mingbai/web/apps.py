"""The app's name and label; the shape of the logs."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    verbose_name = "页面与接口"

    def ready(self) -> None:
        from mingbai.web.logs import configure

        configure()
