"""The writes of challenges."""
