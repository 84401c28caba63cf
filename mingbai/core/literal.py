"""What SQLite must read in a statement to be sure that a partial index holds all the rows it asks for.

It plans a statement before it knows its parameters, so a condition of an index is only proven by constants
(https://www.sqlite.org/partialindex.html); else it reads the whole table. PostgreSQL is not hindered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.lookups import Exact

_PLAIN = re.compile(r"[a-z_]+")


@models.CharField.register_lookup
class Literally(models.Lookup):
    """`column__literally=("a", "b")`: IN ('a', 'b'), without parameters. ValueError for other words.

    Only for values of our own code, never for input.
    """

    lookup_name = "literally"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        words = [str(getattr(word, "value", word)) for word in self.rhs]
        if not words or not all(_PLAIN.fullmatch(word) for word in words):
            raise ValueError("only plain words of our own are written into a statement")
        return f"{column} IN ({', '.join(repr(word) for word in words)})", tuple(params)


if TYPE_CHECKING:
    KeyField = models.CharField  # whose types its subclass would lose
else:

    class KeyField(models.CharField):
        """A key that may be missing (""), unique where it is there: found through the index of that."""

        def deconstruct(self):
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.CharField", args, kwargs

    @KeyField.register_lookup
    class OfOneThatIsThere(Exact):
        """`= key AND NOT (column = '')`, as the condition of the constraint says it."""

        def as_sql(self, compiler: Any, connection: Any) -> Any:
            sql, params = super().as_sql(compiler, connection)
            if not isinstance(self.rhs, str) or not self.rhs:
                return sql, params
            column, more = self.process_lhs(compiler, connection)
            return f"({sql} AND NOT ({column} = ''))", [*params, *more]
