"""The demo city: Fushun with stations, people and some weeks of living matters. All persons are invented."""
