"""The door at the desk: who comes today, the calendar of bookings, openings, reception days, materials."""
