"""What is stored of the token of an invitation."""

import hashlib


def digest_of(token: str) -> str:
    """Return a token's digest: one of 256 bits that nobody can guess needs no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
