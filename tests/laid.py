"""What many tests begin with is built once a process, through the actions, and laid again as rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models

Rows = list[models.Model]
Statements = list[tuple[str, Any]]

_DJANGOS_OWN = frozenset({"contenttypes", "auth", "sessions"})


@dataclass
class Laid:
    """The rows that a build adds to the database as `migrate` leaves it.

    `seeds` are what `migrate` had written before; a test that commits ends with a flush, which takes them
    along, so they are laid again where their table is empty. Built in a database that already holds
    something else, nothing is kept: what a test added of its own must not come back in another.
    """

    build: Callable[[], None]
    seeds: dict[type[models.Model], Rows] = field(default_factory=dict)
    added: dict[type[models.Model], Rows] = field(default_factory=dict)
    changed: Rows = field(default_factory=list)
    statements: Statements = field(default_factory=list)
    """What laid the rows the first time, said again word for word: the ORM's share is most of the cost."""

    def lay(self) -> None:
        if self.added:
            self._again()
            return
        before = {model: rows_of(model) for model in models_of_the_house()}
        self.build()
        if _is_as_migrated(before):
            self._keep(before)

    def _keep(self, before: dict[type[models.Model], Rows]) -> None:
        for model, rows in before.items():
            known = {row.pk: values_of(row) for row in rows}
            after = rows_of(model)
            self.changed += [row for row in after if row.pk in known and values_of(row) != known[row.pk]]
            if fresh := [row for row in after if row.pk not in known]:
                self.added[model] = fresh
            if rows:
                self.seeds[model] = rows

    def _again(self) -> None:
        for model, rows in self.seeds.items():
            if not model._base_manager.exists():
                model._base_manager.bulk_create(rows)
        if self.statements:
            with connection.cursor() as cursor:
                for sql, params in self.statements:
                    cursor.execute(sql, params)
        else:
            with connection.execute_wrapper(_Written(self.statements)):
                self._write()

    def _write(self) -> None:
        for model, rows in self.added.items():
            model._base_manager.bulk_create(rows)
        for row in self.changed:
            row.save()


class _Written:
    """Notes each statement that writes."""

    def __init__(self, said: Statements) -> None:
        self.said = said

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE")):
            self.said.append((sql, params))
        return execute(sql, params, many, context)


def models_of_the_house() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in _DJANGOS_OWN and model._meta.managed:
            yield model


def rows_of(model: type[models.Model]) -> Rows:
    return list(model._base_manager.order_by("pk"))


def values_of(row: models.Model) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


def _is_as_migrated(before: dict[type[models.Model], Rows]) -> bool:
    """Only what migrations seed: no person, no place, no entry of the journal."""
    names = {model._meta.label for model, rows in before.items() if rows}
    return not names & {"people.User", "people.Worker", "places.Region", "journal.Entry"}
