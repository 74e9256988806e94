"""Background jobs of integrations; each may be repeated."""

import uuid

from integrations.services import imports


def run_import(*, import_id: uuid.UUID) -> None:
    """Take over a part of a file; what is left is a job of its own."""
    imports.run_import(import_id)


def resume_imports() -> None:
    """Continue the imports whose job got lost."""
    imports.resume_imports()
