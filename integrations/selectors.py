"""Named reads of imports."""

import uuid

from config.errors import NotFound
from integrations.models import Import
from users.models import User


def get_import(actor: User, import_id: uuid.UUID) -> Import:
    """Return an import of the actor with its job; NotFound for anybody else's."""
    found = Import.objects.select_related("job").filter(owner=actor, pk=import_id).first()
    if found is None:
        raise NotFound
    return found
