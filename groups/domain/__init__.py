"""The rules of groups in plain Python."""
