"""The writes of leaderboards: what a score follows from, and who is shown."""
