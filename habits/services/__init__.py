"""The writes of habits: each locks the owner, checks, writes and tells in one transaction."""
