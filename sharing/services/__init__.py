"""The writes of sharing: each one is a transaction."""
