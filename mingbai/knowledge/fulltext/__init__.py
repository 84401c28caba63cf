"""Full text in the database: FTS5 on SQLite, tsvector with GIN on PostgreSQL, over our own words.

The only module that knows the engine. Everything runs in the caller's transaction. `Damaged` is what a
reader raises when the engine says that its index cannot be read.
"""

from types import ModuleType

from django.db import connection

from mingbai.knowledge.fulltext import postgresql, sqlite
from mingbai.knowledge.fulltext.shape import Damaged, Facets, Found, Row

__all__ = ["Damaged", "Facets", "Found", "Row", "engine"]


def engine() -> ModuleType:
    """The module for the database in use; both offer create, put, remove, settle, find, answers,
    faults."""
    return postgresql if connection.vendor == "postgresql" else sqlite
