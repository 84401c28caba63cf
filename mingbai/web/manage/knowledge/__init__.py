"""Keeping the knowledge: guides, answers and their review, synonyms, laws, the state of the index."""
