"""Ledgers (台账) in and out: the Excel and CSV files that a centre keeps today."""
