"""The actions of leaderboards."""
