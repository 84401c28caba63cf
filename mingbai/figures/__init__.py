"""Figures: each defined once, counted from rows that can be opened; the letter that they write."""
