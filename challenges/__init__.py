"""Challenges: people who keep to the same terms for the same days, and how they stand."""
