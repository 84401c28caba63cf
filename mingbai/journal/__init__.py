"""The one append-only history: every change by anyone or any machine."""
