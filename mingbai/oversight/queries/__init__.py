"""Reads: villages and what they got, supervision, what the data says of a station."""
