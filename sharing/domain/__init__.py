"""The rules of sharing in plain Python."""
