"""The trunk: one matter, one number, one owner, one history."""
