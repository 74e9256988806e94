"""The limits: the least that a request of a kind can cost with this language, framework and database."""
