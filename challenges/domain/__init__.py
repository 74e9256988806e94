"""The rules of challenges in plain Python."""
