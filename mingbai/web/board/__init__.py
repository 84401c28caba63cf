"""The board: what is late, whose it is, and who decides."""
