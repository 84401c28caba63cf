"""What a process loads before it serves, so that nobody is the first visitor who waits for it."""

from django.urls import get_resolver

from mingbai.knowledge.rules.triage import triage


def warm() -> None:
    """All addresses with the code behind them, and the words that a text is read with: about a second."""
    len(get_resolver().url_patterns)
    triage("工资")
