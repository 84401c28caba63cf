"""Subsidies on pages: one's own records and proof; the sheets, budget and rates of who keeps a place."""
