"""Reads of service days that serve more than one page, one file per question."""
