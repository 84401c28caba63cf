"""The two databases behind one small face: `dump`, `load` (all or nothing), a scratch copy to look into."""

from django.db import connection

from mingbai.upkeep.databases.postgresql import PostgreSQL
from mingbai.upkeep.databases.shape import Database
from mingbai.upkeep.databases.sqlite import SQLite


def database() -> Database:
    """The one this house runs on."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()
