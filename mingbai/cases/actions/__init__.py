"""The only code that writes the trunk's tables: one file per group of verbs.

Each action: keyword-only, `by=`, one transaction: lock → rule → write → journal → notice → return.
"""
