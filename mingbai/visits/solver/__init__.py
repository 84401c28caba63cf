"""The order of a tour, by OR-Tools: numbers in, an order out; no rows, no clock."""
