"""Text messages through the city's gateway."""
