"""Whom the end of an account concerns."""

import uuid

from django.db.models import QuerySet

from sharing.models import Achievement, Share


def list_tellers(user_id: uuid.UUID) -> QuerySet[Share, uuid.UUID]:
    """Return the owners who share something with a user, accepted or not, or have told the user of something."""
    sharers = Share.objects.filter(user=user_id).values_list("habit__owner", flat=True)
    return sharers.union(Achievement.objects.filter(recipient=user_id).values_list("sender", flat=True))
