"""migrate: Django's own; then what is known of the sizes of tables is looked up again."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from mingbai.upkeep.databases import database


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        # A table made anew has lost it, and the worker looks every six hours: pages would read all of it.
        database().learn()
