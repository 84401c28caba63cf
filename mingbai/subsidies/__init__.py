"""Subsidies: dated rates, pieces of work with their rate frozen, monthly sheets for the finance office."""
