"""Service days at the desk: needs, the month's plan, the day itself, what is missing where."""
