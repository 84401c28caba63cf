"""The app's name and label."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "mingbai.places"
    verbose_name = "站点与区划"
    default_auto_field = "django.db.models.BigAutoField"
