"""The query machine in the hall: large keys, no way out of its pages, nothing of one person for the next."""
