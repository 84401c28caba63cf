"""Commands of the edges."""
