"""The writes of sharing: each locks, decides by the grants, checks, writes and tells in one transaction."""
