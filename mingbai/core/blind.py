"""HashField: a column of keyed hashes; while the master key is being exchanged it is found under both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.lookups import Exact

from mingbai.core.crypto import Hash

if TYPE_CHECKING:
    HashField = models.CharField  # whose types its subclass would lose
else:

    class HashField(models.CharField):
        """A CharField whose `exact` with a `Hash` also finds what an older key wrote.

        A model names in BLIND how a column is made again: {"phone_hash": ("phone", "resident.phone")}: from
        the attribute `phone`, hashed for "resident.phone". Columns in no BLIND hold hashes of secrets that
        nobody keeps: they stay under the key they were made with.
        """

        def deconstruct(self):
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.CharField", args, kwargs

    @HashField.register_lookup
    class OfAnyAge(Exact):
        """`= new`, and only during and after an exchange of keys `IN (new, older, …)`."""

        def as_sql(self, compiler: Any, connection: Any) -> Any:
            if not isinstance(self.rhs, Hash) or not self.rhs.older:
                return super().as_sql(compiler, connection)
            sql, params = self.process_lhs(compiler, connection)
            every = self.rhs.every
            return f"{sql} IN ({', '.join(['%s'] * len(every))})", [*params, *every]
