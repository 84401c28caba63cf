"""The desk of villages on a phone, also where there is no network for days."""
