"""The app's name and label."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "mingbai.knowledge"
    verbose_name = "知识"
    default_auto_field = "django.db.models.BigAutoField"
