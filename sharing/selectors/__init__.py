"""The reads of sharing."""
