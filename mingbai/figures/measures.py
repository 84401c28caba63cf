"""What a row is measured by, as integers that both databases add up alike."""

from typing import Any

from django.db.models import BigIntegerField, F, Func


class SecondsBetween(Func):
    """Whole seconds from `earlier` to `later`, two moments or a day (its midnight UTC) and a moment."""

    arity = 2
    output_field = BigIntegerField()

    def __init__(self, later: Any, earlier: Any, **extra: Any) -> None:
        super().__init__(later, earlier, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # julianday is SQLite's own: Django's difference of times is a function in Python for each row.
        pair = "CAST(ROUND((julianday(%(expressions)s)) * 86400) AS BIGINT)"
        return self.as_sql(compiler, connection, template=pair, arg_joiner=") - julianday(", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        pair = "CAST(EXTRACT(EPOCH FROM ((%(expressions)s)::timestamp)) AS BIGINT)"
        return self.as_sql(compiler, connection, template=pair, arg_joiner=")::timestamp - (", **extra)


class Cents(Func):
    """An amount of yuan in whole fen."""

    template = "CAST(ROUND(%(expressions)s * 100) AS BIGINT)"
    output_field = BigIntegerField()

    def __init__(self, field: str, **extra: Any) -> None:
        super().__init__(F(field), **extra)
