"""Layer 1: pure rules that every layer above may use; no tables."""
