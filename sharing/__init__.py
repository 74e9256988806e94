"""Shares with single users, achievements, and public links with their cards."""
