"""Django's PostgreSQL backend, with statements that the server keeps, and a health check that costs no round trip."""
