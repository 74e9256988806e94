"""Rules about users as pure functions of values."""
