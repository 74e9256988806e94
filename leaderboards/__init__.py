"""Leaderboards: who has done most, on boards that follow each log."""
