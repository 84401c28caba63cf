"""Reads of the door, one file per question."""
