"""The only code that writes the tables of the door, one file per thing."""
