"""Visits: somebody comes to us, or we go to them: openings, bookings, tickets, receptions, materials."""
