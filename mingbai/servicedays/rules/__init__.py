"""What service days are decided by: pure, no tables and no clock."""
