"""The lock under which an account is changed."""

import uuid

from config.errors import NotFound
from users.models import User


def lock_user(user_id: uuid.UUID) -> User:
    """Lock a user's row until the transaction ends and return the user as stored then; NotFound where there is none."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user
