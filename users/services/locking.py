"""The lock under which an account is changed."""

import uuid

from config.errors import NotFound
from config.text import key_of
from users.models import User


def lock_user(user_id: uuid.UUID, *, for_deletion: bool = False) -> User:
    """Lock a user's row until the transaction ends and return the user as stored then; NotFound where there is none.

    `for_deletion` also holds back what is to refer to the row from now on.
    """
    user = User.objects.select_for_update(no_key=not for_deletion).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def hold_user(user_id: uuid.UUID) -> None:
    """Keep a user, if there is one, until the transaction ends: for writes about somebody who may end the account meanwhile."""
    User.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def hold_user_named(username: str) -> User | None:
    """Keep the active user with exactly this name, in any case, as `hold_user` does, and return the user; None: there is none."""
    return User.objects.select_for_update(no_key=True).filter(username_key=key_of(username), is_active=True).first()
