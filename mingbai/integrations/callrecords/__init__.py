"""Call records of other exchanges, by file and by signed webhook, into the one table of calls."""
