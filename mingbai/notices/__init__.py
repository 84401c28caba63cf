"""What is told outside: the outbox, the transports, and the worker that sends and ticks."""
