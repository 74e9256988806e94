"""What is shared, as those on either side of it may read it."""
