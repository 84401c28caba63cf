"""Work orders to and from other hotlines, and webhooks to the city's own systems."""
