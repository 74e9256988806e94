"""Chainable questions about groups, and what may not be asked of their audit log."""

import uuid
from datetime import datetime
from typing import Any, NoReturn, Self, TypeVar

from django.db.models import F, Model, Q, QuerySet

from groups.domain.joining import Visibility

M = TypeVar("M", bound=Model)


class GroupQuerySet(QuerySet[M]):
    """Groups by what people ask of them."""

    def of_member(self, user_id: uuid.UUID) -> Self:
        """Keep the groups to which somebody belongs."""
        return self.filter(memberships__user=user_id)

    def public(self) -> Self:
        """Keep the groups that everybody sees."""
        return self.filter(visibility=Visibility.PUBLIC)


class InvitationQuerySet(QuerySet[M]):
    """Invitations by what people ask of them."""

    def open(self, present: datetime) -> Self:
        """Keep those that can be accepted."""
        return self.filter(Q(max_uses=None) | Q(uses__lt=F("max_uses")), expires_at__gt=present)

    def end(self, present: datetime) -> int:
        """End those that can be accepted, and forget to whom they were mailed; return how many there were."""
        return self.open(present).update(expires_at=present, email="", email_key="")


class AuditQuerySet(QuerySet[M]):
    """Entries of audit logs: read and added, never changed or deleted."""

    def update(self, **_: Any) -> NoReturn:
        """Refuse."""
        refuse_change()

    def delete(self) -> NoReturn:
        """Refuse."""
        refuse_change()

    def bulk_create(self, *args: Any, **options: Any) -> list[M]:
        """Add entries, in whose place there must be none."""
        if options.get("update_conflicts"):
            refuse_change()
        return super().bulk_create(*args, **options)


def refuse_change() -> NoReturn:
    """Raise for whoever is about to change what has happened."""
    raise TypeError("An entry of an audit log stays as it was written.")
