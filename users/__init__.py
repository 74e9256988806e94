"""Accounts, sessions and tokens, preferences, and the background work that a user asked for."""
