"""How papers are drawn: a process of its own that knows pages and Word, and neither key nor database."""
