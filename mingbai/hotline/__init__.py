"""The 12348 line: every incoming call is one row."""
