"""The actions of sharing."""
