"""Mingbai · 明白: public legal services of a Chinese city as one system."""

__version__ = "0.1.0"
