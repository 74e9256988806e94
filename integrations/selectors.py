"""Named reads of imports."""

import uuid

from config.errors import NotFound
from integrations.models import Import
from users.models import User
from users.services.exports import Rows, rows_of


def get_import(actor: User, import_id: uuid.UUID) -> Import:
    """Return an import of the actor with its job; NotFound for anybody else's."""
    found = Import.objects.select_related("job").filter(owner=actor, pk=import_id).first()
    if found is None:
        raise NotFound
    return found


def import_rows(user: User) -> Rows:
    """Yield the imports with their reports: what the export of everything about a user holds of them."""
    return rows_of(Import.objects.filter(owner=user), "id", "job_id", "format", "file_name", "dry_run", "report", "created_at")
