"""Records exchanged as sets with systems whose codes are not ours: mapping, packing, log."""
