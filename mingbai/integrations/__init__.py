"""The edges: a folder for each other system."""
