"""Rules of the door: pure, no tables and no clock."""
