"""Named writes of accounts, sessions and jobs."""
