"""The HTTP surface of leaderboards."""
