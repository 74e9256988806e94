"""Habits: schedules, logs, streaks, progress and insights."""
