"""What a matter tells another system of record, in that system's order, and what comes back of it."""
