"""What requests cost, as ratios to limits that small programs of their own set in the same run."""
