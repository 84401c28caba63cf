"""What a row is measured by, as integers that both databases add up alike."""

from typing import Any

from django.db.models import BigIntegerField, F, Func

from mingbai.core.elapsed import Elapsed


class SecondsBetween(Elapsed):
    """As `Elapsed`, and one of the two may be a day (its midnight UTC), which no generated column may be."""

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        pair = "CAST(EXTRACT(EPOCH FROM ((%(expressions)s)::timestamp)) AS BIGINT)"
        return self.as_sql(compiler, connection, template=pair, arg_joiner=")::timestamp - (", **extra)


class Cents(Func):
    """An amount of yuan in whole fen."""

    template = "CAST(ROUND(%(expressions)s * 100) AS BIGINT)"
    output_field = BigIntegerField()

    def __init__(self, field: str, **extra: Any) -> None:
        super().__init__(F(field), **extra)
