"""Commands and demo data."""
