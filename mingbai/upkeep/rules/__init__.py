"""Pure rules of upkeep: which backups stay, what a check says of a figure."""
