"""Laws, guides and answers: found in one breath, and what a text is probably about."""
