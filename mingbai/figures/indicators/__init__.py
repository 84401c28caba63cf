"""Every indicator, by what it counts."""
