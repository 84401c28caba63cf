"""The seat: the softphone, who is calling, the form of their matter, the law beside it; by keyboard alone."""
