"""What is learned from a city's own questions. Only what uses a model loads numpy and scipy."""
