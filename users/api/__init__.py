"""The HTTP surface of users, sessions and jobs."""
