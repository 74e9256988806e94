"""Where a user is logged in, and the tokens that programs log in with."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.timezone import now

from config.identifiers import new_id
from users.models.users import User

USER_AGENT_MAX_LENGTH = 200
TOKEN_NAME_MAX_LENGTH = 80


class Session(models.Model):
    """A login and all tokens that come of it: its end is the end of all of them.

    Tokens are signed, so none is stored: the row says which `generation` of the refresh token is the last one, and when it was
    given out.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    generation = models.PositiveIntegerField(default=1)
    rotated_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(db_index=True)
    user_agent = models.CharField(max_length=USER_AGENT_MAX_LENGTH, blank=True, default="")
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=now, editable=False)

    user_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.user_agent or 'somewhere'} since {self.created_at}"


class PersonalToken(models.Model):
    """A token that its user made for a program; only a digest is stored, from which nobody gets the token back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="personal_tokens")
    name = models.CharField(max_length=TOKEN_NAME_MAX_LENGTH)
    scopes = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=now, editable=False)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    user_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="personal_token_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.name
