"""Chainable questions about public links."""

import uuid
from datetime import datetime
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


class ShareLinkQuerySet(QuerySet[M]):
    """Links by what people ask of them."""

    def owned_by(self, owner_id: uuid.UUID) -> Self:
        """Keep the links of one owner."""
        return self.filter(owner_id=owner_id)

    def open(self, present: datetime) -> Self:
        """Keep those that show something: neither expired, nor of an account that is deactivated."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=present), owner__is_active=True, habit__owner__is_active=True)
