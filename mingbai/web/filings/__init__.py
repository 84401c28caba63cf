"""Records for other systems: one at a time to copy, in bulk as a file, compared when they come back."""
