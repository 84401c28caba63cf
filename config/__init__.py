"""Settings, URLs and the two entry points of the servers."""
