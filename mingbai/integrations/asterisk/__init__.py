"""The telephone exchange: one client, one fake that passes the client's own tests, one process."""
