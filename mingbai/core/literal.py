"""A lookup that writes its values into the statement, for what a partial index must be proven to cover.

SQLite plans a statement before it knows its parameters; that a row lies in a partial index it sees only of
constants (https://www.sqlite.org/partialindex.html). Only for values of our own code, never for input.
"""

import re
from typing import Any

from django.db.models import CharField, Lookup

_PLAIN = re.compile(r"[a-z_]+")


@CharField.register_lookup
class Literally(Lookup):
    """`column__literally=("a", "b")`: IN ('a', 'b'), without parameters. ValueError for other words."""

    lookup_name = "literally"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = self.process_lhs(compiler, connection)
        words = [str(getattr(word, "value", word)) for word in self.rhs]
        if not words or not all(_PLAIN.fullmatch(word) for word in words):
            raise ValueError("only plain words of our own are written into a statement")
        return f"{column} IN ({', '.join(repr(word) for word in words)})", list(params)
