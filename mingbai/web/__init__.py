"""The faces: pages and API; no tables of their own."""
