"""The HTTP surface of habits."""
