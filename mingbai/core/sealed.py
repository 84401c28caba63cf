"""Sealed: a model attribute in clear whose column is encrypted under the row's own key."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Self, overload

from mingbai.core import crypto


class Sealed(property):
    """`phone = Sealed("phone_sealed")` beside `key = BinaryField(default=crypto.new_key)`.

    A property on purpose: Django's Model.__init__ takes properties as keywords, and sets them after the
    fields, so the key is there. `key` may be a path ("resident.key"). Reading gives "" where nothing was
    stored or the key was erased; a damaged value raises DamagedValue; writing under an erased key raises
    ErasedKey.
    """

    def __init__(self, column: str, *, key: str = "key", what: str = "") -> None:
        super().__init__(self._read, self._write)
        self.column = column
        self.what = what
        self._key_of = attrgetter(key)

    def __set_name__(self, owner: type, name: str) -> None:
        # Bound to model and attribute: a blob copied to another column or table does not open.
        self.what = self.what or f"{owner.__name__.lower()}.{name}"

    @overload
    def __get__(self, instance: None, owner: type, /) -> Self: ...
    @overload
    def __get__(self, instance: Any, owner: type | None = None, /) -> str: ...
    def __get__(self, instance: Any, owner: type | None = None, /) -> Self | str:
        return self if instance is None else self._read(instance)

    def __set__(self, instance: Any, value: str | None, /) -> None:
        self._write(instance, value)

    def _read(self, instance: Any) -> str:
        # bytes(): PostgreSQL hands BinaryFields out as memoryview.
        blob, key = bytes(getattr(instance, self.column) or b""), bytes(self._key_of(instance) or b"")
        return crypto.unseal(key, blob, what=self.what) if blob and key else ""

    def _write(self, instance: Any, value: str | None) -> None:
        key = bytes(self._key_of(instance) or b"")
        setattr(instance, self.column, crypto.seal(key, value, what=self.what) if value else b"")
