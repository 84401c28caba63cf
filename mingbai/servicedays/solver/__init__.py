"""Dispatch to service days, pure: data in, plan out; no ORM, no clock of the house, no pages."""
