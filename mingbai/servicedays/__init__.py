"""Public legal service days: what is missing where, and who goes there when."""
