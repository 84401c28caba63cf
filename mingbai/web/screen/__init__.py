"""The display of a hall: numbers and windows, large, renewed as they are called; it names nobody."""
