"""The HTTP surface of challenges."""
