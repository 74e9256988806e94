"""The writes of groups: each locks the group, decides by the grants, checks, writes and tells in one transaction."""
