"""Where things are: regions, organisations, stations, and the calendar of working days."""
