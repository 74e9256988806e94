"""Counting against limits, exactly, whatever the number of processes; it knows no HTTP."""
