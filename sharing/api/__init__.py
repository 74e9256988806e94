"""The HTTP surface of sharing."""
