"""The writes of sharing: each one is a transaction that locks, decides, checks and writes."""
