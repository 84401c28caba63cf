"""People's mediation: requests, consents, mediators, sessions, agreements, what follows them."""
