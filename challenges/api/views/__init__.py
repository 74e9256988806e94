"""The actions of challenges."""
