"""Mingbai · 明白: public legal services of a Chinese city as one system."""
