"""Commands of knowledge."""
