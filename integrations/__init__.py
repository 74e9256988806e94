"""What comes from other software: imports of files in the formats of other trackers."""
