"""The tables of service days."""
