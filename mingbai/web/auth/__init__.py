"""The sign-in face: PIN lock, second factor, slips, text kept over a lost session."""
