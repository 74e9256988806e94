"""The actions of groups."""
