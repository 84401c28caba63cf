"""Benchmarks: `make bench` runs `python -m tests.bench`; ratios first, absolute figures beside them."""
