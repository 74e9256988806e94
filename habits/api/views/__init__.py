"""The actions of habits."""
