"""SQLite as the embedded default: Django's own backend with a fair queue of writers."""
