"""The HTTP surface of groups."""
