"""Proofs of the leaderboards that take too long for the tests: `python -m benchmarks.soak`."""
