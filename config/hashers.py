"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class LeanArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane (OWASP's cheat sheet): Django's 100 MiB starve small servers."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
