"""Seconds from one moment to another, as a database adds them up without Python."""

from typing import Any

from django.db.models import BigIntegerField, F, Func


class Elapsed(Func):
    """Whole seconds from `earlier` to `later`, two columns of moments; NULL where one of them is.

    It may be a generated column: it depends on nothing but its row (no time zone, no date of today).
    """

    arity = 2
    output_field = BigIntegerField()

    def __init__(self, later: str, earlier: str, **extra: Any) -> None:
        super().__init__(F(later), F(earlier), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # julianday is SQLite's own: Django's difference of times is a function in Python for each row.
        pair = "CAST(ROUND((julianday(%(expressions)s)) * 86400) AS BIGINT)"
        return self.as_sql(compiler, connection, template=pair, arg_joiner=") - julianday(", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        pair = "CAST(EXTRACT(EPOCH FROM (%(expressions)s)) AS BIGINT)"
        return self.as_sql(compiler, connection, template=pair, arg_joiner=" - ", **extra)
