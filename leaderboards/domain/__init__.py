"""The rules of leaderboards in plain Python."""
