"""Write `.env`, which makes this tree a development tree with secrets of its own; an existing file stays as it is."""

import secrets
from pathlib import Path

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"


def main() -> None:
    """Write the file, readable by its owner alone."""
    # The keys say what they are for: production refuses them.
    keys = (f"{name}=development-{secrets.token_urlsafe(48)}" for name in ("SECRET_KEY", "JWT_SIGNING_KEY"))
    lines = ["ENVIRONMENT=development", *keys]
    ENV_FILE.touch(mode=0o600, exist_ok=False)
    ENV_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
